/// An error a person can act on: what was wrong, where, and what to do.
///
/// Every room throws this type at its public edge. `code` is stable and meant for programs;
/// `message` is English prose meant for people.
public struct NuriError: Error, Equatable, Sendable {
  /// A stable name for a kind of error. Rooms add their own by extending this type.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// The name as programs see it, e.g. `twinNotFound`.
    public let rawValue: String
    /// Wraps a name.
    public init(rawValue: String) { self.rawValue = rawValue }
    /// Wraps a name.
    public init(_ name: String) { rawValue = name }
  }

  /// The kind of error.
  public let code: Code
  /// What was wrong, as one sentence.
  public let message: String
  /// Where: a file and offset, a line and column, or a path into a document. `nil` when the message says it.
  public let place: String?
  /// What to do about it. `nil` when the message makes it plain.
  public let advice: String?

  /// Makes an error.
  public init(_ code: Code, _ message: String, at place: String? = nil, advice: String? = nil) {
    self.code = code
    self.message = message
    self.place = place
    self.advice = advice
  }

  /// The same error, placed inside `outer` (a file name, a line, a model): places read from the outside in.
  public func inside(_ outer: String) -> NuriError {
    NuriError(code, message, at: place.map { "\(outer), \($0)" } ?? outer, advice: advice)
  }
}

extension NuriError: CustomStringConvertible {
  /// The error as one paragraph: message, place, advice.
  public var description: String {
    var text = message
    if let place { text += " [\(place)]" }
    if let advice { text += " \(advice)" }
    return text
  }
}

extension NuriError.Code {
  /// Text that is not JSON, or JSON past a limit.
  public static let invalidJSON = Self("invalidJSON")
  /// Text that is not an instant.
  public static let invalidInstant = Self("invalidInstant")
  /// Text that is not a legal twin or relationship id.
  public static let invalidId = Self("invalidId")
  /// Something asked for is past a named limit.
  public static let limitExceeded = Self("limitExceeded")
}
