import TwinEngine
import TwinLog
import TwinValues

/// One data folder that is served: an engine and who may use it.
final class Tenant: Sendable {
  /// Its name in paths: `/tenants/{name}`.
  let name: String
  let folder: String
  let engine: Engine

  /// Opens a data folder, making it when there is none.
  init(name: String, folder: String) throws(NuriError) {
    self.name = name
    self.folder = folder
    engine = try Tenant.open(folder)
  }

  private static func open(_ folder: String) throws(NuriError) -> Engine {
    do throws(NuriError) {
      return try Engine.open(folder)
    } catch {
      guard error.code == .noDataFolder else { throw error }
      return try Engine.create(at: folder)
    }
  }
}
