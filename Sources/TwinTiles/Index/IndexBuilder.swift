import TwinGraph

/// An index with the state it was made for, as far as it is kept.
struct IndexEntry: Sendable {
  let index: TileIndex
  /// The world and sequence of the last state it was found to be right for.
  var world: String
  var sequence: UInt64
  /// What tells pages that did not change, by model; empty for an index that is compared by fingerprints.
  var marks: [String: TableMark]
}

/// Makes the index of a state from the nearest one known.
enum IndexBuilder {
  /// What making an index gave.
  struct Result {
    let index: TileIndex
    let marks: [String: TableMark]
    let bodies: [(hash: String, bytes: [UInt8])]
  }

  /// - Parameter known: an index of any state; the nearer the better.
  static func build(_ graph: Graph, from known: IndexEntry?) -> Result {
    let plans = layers(graph)
    let guess = origin(graph, plans)
    var known = known
    var origin = known?.index.origin ?? guess ?? GeoPosition(longitude: 0, latitude: 0)
    if let guess, let entry = known, entry.index.layers.isEmpty || !isNear(guess, origin) {
      (known, origin) = (nil, guess)
    }
    let projection = LocalProjection(origin)
    var layers: [TileLayer] = []
    var marks: [String: TableMark] = [:]
    var bodies: [(hash: String, bytes: [UInt8])] = []
    var isSame = known != nil
    for (table, plan) in plans {
      let before = known?.index.layers.first { $0.plan == plan }
      var builder = LayerBuilder(
        graph, table: table, plan, projection, known: before, mark: known?.marks[plan.model])
      let layer = builder.layer()
      if layer != nil { isSame = false }
      if let layer = layer ?? before { layers.append(layer) }
      bodies += builder.bodies
      marks[plan.model] = graph.mark(table: table, columns: plan.columns)
    }
    if isSame, let known, layers.count == known.index.layers.count {
      return Result(index: known.index, marks: marks, bodies: [])
    }
    return Result(index: TileIndex(origin: origin, layers: layers), marks: marks, bodies: bodies)
  }

  private static func layers(_ graph: Graph) -> [(table: Int, plan: LayerPlan)] {
    (0..<graph.tableCount).compactMap { table in
      guard graph.twinCount(table: table) > 0 else { return nil }
      return LayerPlan(graph.layout(table: table)).map { (table, $0) }
    }
  }

  private static func isNear(_ a: GeoPosition, _ b: GeoPosition) -> Bool {
    abs(a.longitude - b.longitude) <= TileLimits.originReachDegrees
      && abs(a.latitude - b.latitude) <= TileLimits.originReachDegrees
  }

  /// Where most twins are, on a coarse grid: the median of one twin of each page.
  private static func origin(_ graph: Graph, _ plans: [(table: Int, plan: LayerPlan)]) -> GeoPosition? {
    var longitudes: [Double] = []
    var latitudes: [Double] = []
    for (table, plan) in plans {
      graph.forEachPage(table: table) { page in
        let row = (0..<page.twins.count).first { page.has(plan.geometry, $0) }
        if let row, let place = page.withBytes(plan.geometry, row, { FirstPosition.of($0) }) ?? nil {
          longitudes.append(place.longitude)
          latitudes.append(place.latitude)
        }
        return true
      }
    }
    guard !longitudes.isEmpty else { return nil }
    longitudes.sort()
    latitudes.sort()
    let grid = TileLimits.originGridDegrees
    return GeoPosition(
      longitude: (longitudes[longitudes.count / 2] / grid).rounded() * grid,
      latitude: (latitudes[latitudes.count / 2] / grid).rounded() * grid)
  }
}
