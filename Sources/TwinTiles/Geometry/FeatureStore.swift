/// A twin's shape, as a stretch of a `FeatureStore`'s arrays.
struct Feature {
  /// Its row in the model's table.
  let row: UInt32
  /// The square it is in.
  let cell: Cell
  /// Its rings: from, and one past the last.
  let rings: Range<Int>
  /// Where it begins and ends over ground, in quanta.
  let base: Int32
  let top: Int32
  /// Its surfaces' vertices and indices.
  var vertices: Range<Int> = 0..<0
  var indices: Range<Int> = 0..<0
  /// How it is ordered in its square: the biggest first, neighbours next to one another.
  let order: UInt32
}

/// A square of the ground, in `TileLimits.cellMetres` east and north of the origin.
struct Cell: Hashable, Comparable, Sendable {
  let x: Int16
  let y: Int16

  static func < (a: Cell, b: Cell) -> Bool { a.y != b.y ? a.y < b.y : a.x < b.x }

  /// Quanta of a side.
  static let side = Int32(TileLimits.cellMetres) * Int32(TileLimits.quantaPerMetre)

  /// The square that holds a point given in quanta.
  init(holding x: Int32, _ y: Int32) {
    self.x = Int16(clamping: Cell.floor(x))
    self.y = Int16(clamping: Cell.floor(y))
  }

  /// The centre, in quanta.
  var centre: (x: Int32, y: Int32) {
    (Int32(x) * Cell.side + Cell.side / 2, Int32(y) * Cell.side + Cell.side / 2)
  }

  private static func floor(_ value: Int32) -> Int32 {
    value >= 0 ? value / Cell.side : (value + 1) / Cell.side - 1
  }
}

/// Shapes of many twins, in quanta from the origin, in flat arrays.
struct FeatureStore {
  var features: [Feature] = []
  /// One past each ring's last point.
  var ringEnds: [Int32] = []
  /// Whether each ring is a hole.
  var ringHoles: [UInt8] = []
  var xs: [Int32] = []
  var ys: [Int32] = []
  /// Surfaces: x, y, z of vertices, and indices from each feature's first vertex.
  var vertices: [(x: Int32, y: Int32, z: Int32)] = []
  var indices: [UInt32] = []

  /// The points of a ring.
  func points(ofRing ring: Int) -> Range<Int> {
    (ring == 0 ? 0 : Int(ringEnds[ring - 1]))..<Int(ringEnds[ring])
  }
}
