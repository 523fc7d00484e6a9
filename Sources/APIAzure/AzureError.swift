import TwinEngine
import TwinGraph
import TwinModels
import TwinQuery
import TwinValues

/// A request that can't be answered as it was meant.
struct AzureError: Error {
  let code: ErrorCode
  let message: String
  /// What exactly, where there is more than one thing to say.
  var details: [String] = []
  /// For `methodNotAllowed`: the methods that there are.
  var allowed: [String] = []
  /// Seconds after which asking again may do; `nil` to say nothing.
  var retryAfter: Int?

  init(_ code: ErrorCode, _ message: String) {
    self.code = code
    self.message = message
  }

  /// An engine's error under a code that the place where it happened gives it.
  init(_ code: ErrorCode, _ error: NuriError) {
    self.code = code
    // What is wrong with the server is not the client's to fix, and its file names are not the client's to know.
    message =
      code == .serviceUnavailable && error.code != .queryTimeout
      ? "The server can't do this now." : error.description
    if code == .validationFailed { details = [error.message] }
  }

  /// An engine's error under the code it has in general, or the one it has here.
  init(_ error: NuriError, here: [NuriError.Code: ErrorCode] = [:]) {
    self.init(here[error.code] ?? Self.codes[error.code] ?? .serviceUnavailable, error)
  }

  /// The code that an engine's error has in general; `nil` when it is none of the client's doing.
  static func code(of code: NuriError.Code) -> ErrorCode? { codes[code] }

  private static let codes: [NuriError.Code: ErrorCode] = [
    .eventRouteNotFound: .eventRouteNotFound,
    .forbidden: .authorizationFailed,
    .invalidContinuation: .badRequest,
    .invalidDTMI: .invalidArgument,
    .invalidId: .invalidArgument,
    .invalidInstant: .invalidArgument,
    .invalidJSON: .badRequest,
    .invalidModel: .dtdlParserError,
    .invalidPatch: .jsonPatchInvalid,
    .invalidQuery: .sqlQueryError,
    .invalidValue: .validationFailed,
    .limitExceeded: .limitExceeded,
    .modelDecommissioned: .modelDecommissioned,
    .modelInUse: .modelReferencesNotDeleted,
    .modelNotFound: .modelNotFound,
    .outOfRange: .badRequest,
    .preconditionFailed: .preconditionFailed,
    .propertyNotDeclared: .validationFailed,
    .relationshipNotDeclared: .invalidRelationship,
    .relationshipNotFound: .relationshipNotFound,
    .relationshipsNotDeleted: .relationshipsNotDeleted,
    .twinNotFound: .digitalTwinNotFound,
    .worldNotFound: .notFound,
  ]

  /// The error for whatever a handler threw.
  init(thrown error: any Error) {
    switch error {
    case let error as AzureError: self = error
    case let error as NuriError: self.init(error)
    default: self.init(.serviceUnavailable, "The request failed.")
    }
  }
}
