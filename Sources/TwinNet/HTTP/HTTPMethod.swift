/// A request's method, as sent. Methods are case-sensitive.
public struct HTTPMethod: Hashable, Sendable, RawRepresentable, CustomStringConvertible {
  /// The name, e.g. `PATCH`.
  public let rawValue: String
  /// Wraps a name.
  public init(rawValue: String) { self.rawValue = rawValue }
  /// The name.
  public var description: String { rawValue }

  /// Reads.
  public static let get = Self(rawValue: "GET")
  /// Reads the head of an answer only.
  public static let head = Self(rawValue: "HEAD")
  /// Makes or asks.
  public static let post = Self(rawValue: "POST")
  /// Replaces.
  public static let put = Self(rawValue: "PUT")
  /// Changes a part.
  public static let patch = Self(rawValue: "PATCH")
  /// Removes.
  public static let delete = Self(rawValue: "DELETE")
  /// Asks what is possible.
  public static let options = Self(rawValue: "OPTIONS")
}
