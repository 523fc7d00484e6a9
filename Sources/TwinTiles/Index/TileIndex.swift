import TwinIdentity

/// What there is to draw of one state of a world, as somebody sees it. It never changes.
public final class TileIndex: Sendable {
  /// Where x and y are 0.
  public let origin: GeoPosition
  /// Layers, one for each model with twins that have a place.
  public let layers: [TileLayer]
  private let places: [String: (layer: Int, tile: Int)]

  init(origin: GeoPosition, layers: [TileLayer]) {
    self.origin = origin
    self.layers = layers
    var places: [String: (layer: Int, tile: Int)] = [:]
    for (i, layer) in layers.enumerated() {
      for (j, tile) in layer.tiles.enumerated() { places[tile.hash] = (i, j) }
    }
    self.places = places
  }

  /// Where a tile is; `nil` when the index has none of that name.
  func find(_ hash: String) -> (layer: TileLayer, tile: Tile)? {
    places[hash].map { (layers[$0.layer], layers[$0.layer].tiles[$0.tile]) }
  }
}

/// The twins of one model, in squares.
public struct TileLayer: Sendable {
  let plan: LayerPlan
  /// The layer's tiles, from south to north and from west to east.
  public let tiles: [Tile]
  /// For each page of the model's table what its twins looked like.
  let pages: [PagePrint]

  /// The model.
  public var model: String { plan.model }
  /// What its features are.
  public var kind: TileKind { plan.kind }
  /// How many features there are.
  public var count: Int { tiles.reduce(0) { $0 + $1.count } }
}

/// The features of a layer in one square.
public final class Tile: Sendable {
  let cell: Cell
  /// Its name: a prefix of the SHA-256 of its bytes and its twins' ids, in hexadecimal.
  public let hash: String
  /// The same as bytes.
  let name: [UInt8]
  /// Bytes it has, uncompressed.
  public let bytes: Int
  /// The lowest point, in metres over ground.
  public let low: Double
  /// The highest point, in metres over ground.
  public let high: Double
  /// The rows of its twins, in order.
  let rows: [UInt32]

  /// The square's west edge, in squares east of the origin.
  public var x: Int { Int(cell.x) }
  /// The square's south edge, in squares north of the origin.
  public var y: Int { Int(cell.y) }
  /// How many features it has.
  public var count: Int { rows.count }

  init(cell: Cell, hash: Digest, bytes: Int, low: Double, high: Double, rows: [UInt32]) {
    self.cell = cell
    self.hash = String(hash.hex.prefix(32))
    name = Array(hash.bytes.prefix(16))
    self.bytes = bytes
    self.low = low
    self.high = high
    self.rows = rows
  }
}

/// What the twins of one page (128 rows) looked like: a fingerprint of each one's id and shape, and its square.
final class PagePrint: Sendable {
  /// 0 for a row without a shape.
  let prints: [UInt64]
  let cells: [Cell?]

  init(prints: [UInt64], cells: [Cell?]) {
    self.prints = prints
    self.cells = cells
  }

  static let empty = PagePrint(
    prints: [UInt64](repeating: 0, count: 128), cells: [Cell?](repeating: nil, count: 128))
}
