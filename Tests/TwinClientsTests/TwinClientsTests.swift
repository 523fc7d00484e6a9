import ProofServers
import Testing
import TwinClients
import TwinValues

/// The code of the error that `body` throws.
func code(_ body: () async throws -> Void) async -> NuriError.Code? {
  do {
    try await body()
    return nil
  } catch let error as NuriError {
    return error.code
  } catch {
    return NuriError.Code("\(error)")
  }
}
