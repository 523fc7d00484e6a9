public import TwinValues

extension NuriError.Code {
  /// A listener, thread or descriptor that the system refused.
  public static let networkUnavailable = Self("networkUnavailable")
  /// Certificates or keys that can't be used.
  public static let invalidCertificate = Self("invalidCertificate")
  /// A request that is not HTTP as this server reads it, or could be read in two ways.
  public static let malformedRequest = Self("malformedRequest")
  /// A body longer than the limit, as sent or once decoded.
  public static let bodyTooLarge = Self("bodyTooLarge")
  /// A body whose content coding is broken.
  public static let invalidEncoding = Self("invalidEncoding")
  /// The peer went away, or the connection was closed.
  public static let connectionClosed = Self("connectionClosed")
  /// The peer took too long.
  public static let timedOut = Self("timedOut")
  /// A WebSocket message or frame against the protocol.
  public static let invalidFrame = Self("invalidFrame")
  /// Something inside went wrong that is nobody's input.
  public static let internalFailure = Self("internalFailure")
}

/// Why a request is refused before a handler sees it: the status to answer with and the reason.
struct NetRefusal: Error, Equatable {
  let status: Int
  let code: NuriError.Code
  let message: String

  init(_ status: Int, _ code: NuriError.Code, _ message: String) {
    self.status = status
    self.code = code
    self.message = message
  }

  /// A 400 for something that is not HTTP.
  static func malformed(_ message: String) -> NetRefusal { NetRefusal(400, .malformedRequest, message) }

  /// The same as an error for whoever reads the body.
  var error: NuriError { NuriError(code, message) }
}
