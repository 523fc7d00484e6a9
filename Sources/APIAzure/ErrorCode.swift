/// What went wrong, in the words of Azure Digital Twins: the body's `code` and the header `x-ms-error-code`.
///
/// docs/azure-api.md lists them with what leads to each; a test holds the two together.
enum ErrorCode: String, CaseIterable {
  case ambiguousApiVersion = "AmbiguousApiVersion"
  case apiVersionUnspecified = "ApiVersionUnspecified"
  case badRequest = "BadRequest"
  case componentNotFound = "ComponentNotFound"
  case authorizationFailed = "AuthorizationFailed"
  case deleteJobNotFound = "DeleteJobNotFound"
  case digitalTwinNotFound = "DigitalTwinNotFound"
  case dtdlParserError = "DTDLParserError"
  case eventRouteEndpointInvalid = "EventRouteEndpointInvalid"
  case eventRouteFilterInvalid = "EventRouteFilterInvalid"
  case eventRouteIdInvalid = "EventRouteIdInvalid"
  case eventRouteNotFound = "EventRouteNotFound"
  case invalidArgument = "InvalidArgument"
  case invalidRelationship = "InvalidRelationship"
  case jobIdAlreadyExists = "JobIdAlreadyExists"
  case jobNotFound = "JobNotFound"
  case jsonPatchInvalid = "JsonPatchInvalid"
  case limitExceeded = "LimitExceeded"
  case methodNotAllowed = "MethodNotAllowed"
  case missingArgument = "MissingArgument"
  case modelDecommissioned = "ModelDecommissioned"
  case modelIdAlreadyExists = "ModelIdAlreadyExists"
  case modelNotFound = "ModelNotFound"
  case modelReferencesNotDeleted = "ModelReferencesNotDeleted"
  case modelVersionNotSupported = "ModelVersionNotSupported"
  case notFound = "NotFound"
  case operationNotAllowed = "OperationNotAllowed"
  case payloadTooLarge = "PayloadTooLarge"
  case preconditionFailed = "PreconditionFailed"
  case relationshipNotFound = "RelationshipNotFound"
  case relationshipsNotDeleted = "RelationshipsNotDeleted"
  case serviceUnavailable = "ServiceUnavailable"
  case sqlQueryError = "SqlQueryError"
  case targetDigitalTwinNotFound = "TargetDigitalTwinNotFound"
  case tooManyRequests = "TooManyRequests"
  case unsupportedApiVersion = "UnsupportedApiVersion"
  case unsupportedMediaType = "UnsupportedMediaType"
  case validationFailed = "ValidationFailed"

  /// The status code that goes with it.
  var status: Int {
    switch self {
    case .authorizationFailed: 403
    case .componentNotFound, .deleteJobNotFound, .digitalTwinNotFound, .eventRouteNotFound,
      .jobNotFound, .modelNotFound, .notFound,
      .relationshipNotFound, .targetDigitalTwinNotFound:
      404
    case .methodNotAllowed: 405
    case .jobIdAlreadyExists, .modelIdAlreadyExists, .modelReferencesNotDeleted: 409
    case .preconditionFailed: 412
    case .payloadTooLarge: 413
    case .unsupportedMediaType: 415
    case .tooManyRequests: 429
    case .serviceUnavailable: 503
    default: 400
    }
  }
}
