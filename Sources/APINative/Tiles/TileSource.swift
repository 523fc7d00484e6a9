public import TwinEngine
public import TwinValues

/// Where tiles come from: the room that makes them, put in by the server. Each call is about one state as somebody sees
/// it, may take seconds and blocks its thread.
public protocol TileSource: Sendable {
  /// What there is to draw, as JSON.
  func index(of state: Snapshot) throws(NuriError) -> [UInt8]
  /// A tile's bytes; `nil` when the state has no such tile.
  func tile(_ hash: String, of state: Snapshot) throws(NuriError) -> [UInt8]?
  /// The ids of a tile's twins, a JSON array in the tile's order; `nil` when the state has no such tile.
  func ids(_ hash: String, of state: Snapshot) throws(NuriError) -> [UInt8]?
  /// A property's values for a whole layer.
  /// - Throws: `NuriError` with code `modelNotFound` or `propertyNotDeclared`.
  func values(model: String, path: String, of state: Snapshot) throws(NuriError) -> [UInt8]
}

extension NuriError.Code {
  /// The state has no such tile.
  public static let tileNotFound = Self("tileNotFound")
}
