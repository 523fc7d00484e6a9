import TwinEngine
import TwinGraph
import TwinLog
import TwinModels
import TwinNet
import TwinQuery
import TwinValues

/// A request that can't be answered as it was meant, as RFC 9457 writes it.
struct Problem: Error {
  let error: NuriError
  let status: Int
  /// Further members, as a whole JSON object.
  var members: [UInt8] = []
  var headers: HTTPHeaders = [:]

  /// - Parameter here: statuses that a code has in this place only.
  init(_ error: NuriError, here: [NuriError.Code: Int] = [:]) {
    self.error = error
    status = here[error.code] ?? Problem.statuses[error.code] ?? 500
    if error.code == .overloaded { headers = ["retry-after": "1"] }
  }

  /// The problem of whatever a handler threw.
  init(thrown error: any Error) {
    switch error {
    case let problem as Problem: self = problem
    case let error as NuriError: self.init(error)
    default: self.init(NuriError(.internalFailure, "The request failed."))
    }
  }

  /// The problem as an answer. Of what is wrong with the server itself the client learns the kind, not the place.
  func response(requestId: String) -> HTTPResponse {
    let isOurs = status >= 500 && error.code != .overloaded && error.code != .queryTimeout
    let detail =
      status == 500 ? "The server failed; its log says why under this request's id." : error.message
    var document = ProblemDocument(
      status: status, code: status == 500 ? "internalFailure" : error.code.rawValue, detail: detail)
    document.place = isOurs ? nil : error.place
    document.advice = isOurs ? nil : error.advice
    document.members = members
    document.headers = headers
    return document.response(requestId: requestId)
  }

  private static let statuses: [NuriError.Code: Int] = [
    .bodyTooLarge: 413, .componentNotFound: 404, .conflict: 409, .connectionClosed: 400, .diskFull: 507,
    .endpointNotFound: 404,
    .eventRouteNotFound: 404, .forbidden: 403, .invalidBody: 400, .invalidClock: 400,
    .invalidContinuation: 400, .invalidDTMI: 400, .invalidEncoding: 400, .invalidId: 400,
    .invalidInstant: 400,
    .invalidJSON: 400, .invalidModel: 422, .invalidName: 400, .invalidParameter: 400, .invalidPatch: 422,
    .invalidQuery: 400, .invalidValue: 422, .limitExceeded: 400, .locked: 503, .logStopped: 503,
    .malformedRequest: 400, .methodNotAllowed: 405, .modelDecommissioned: 409, .modelExists: 409,
    .modelInUse: 409, .modelNotFound: 404, .outOfRange: 400, .overloaded: 503, .pathNotFound: 404,
    .preconditionFailed: 412, .propertyNotDeclared: 422, .readOnly: 503, .relationshipExists: 409,
    .relationshipNotDeclared: 422, .relationshipNotFound: 404, .relationshipsNotDeleted: 409,
    .timedOut: 408, .twinExists: 409, .twinNotFound: 404, .unavailable: 503, .unknownParameter: 400,
    .tileNotFound: 404,
    .jobExists: 409, .jobLimit: 409, .jobNotFound: 404, .jobState: 409, .keyNotFound: 404,
    .queryTimeout: 503, .savedNotFound: 404,
    .policyNotFound: 404, .invalidPolicy: 422, .unsupportedMediaType: 415, .worldExists: 409,
    .worldNotFound: 404,
  ]

  /// In a batch, what is not there is the batch's fault, not the path's.
  static let insideBatch: [NuriError.Code: Int] = [
    .twinNotFound: 422, .relationshipNotFound: 422, .modelNotFound: 422, .componentNotFound: 422,
    .eventRouteNotFound: 422,
  ]
}
