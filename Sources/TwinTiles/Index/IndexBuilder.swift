import TwinGraph

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
    if let known, !known.index.layers.isEmpty {
      let result = build(graph, plans, around: known.index.origin, from: known)
      // Where most twins are is asked only when something changed.
      if result.index === known.index { return result }
      guard let middle = middle(graph, plans), !isNear(middle, known.index.origin) else { return result }
    }
    let origin = middle(graph, plans) ?? GeoPosition(longitude: 0, latitude: 0)
    return build(graph, plans, around: origin, from: nil)
  }

  private static func build(
    _ graph: Graph, _ plans: [(table: Int, plan: LayerPlan)], around origin: GeoPosition,
    from known: IndexEntry?
  ) -> Result {
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

  /// Where most twins are, on a coarse grid: the median of one twin of each of some pages.
  private static func middle(_ graph: Graph, _ plans: [(table: Int, plan: LayerPlan)]) -> GeoPosition? {
    var longitudes: [Double] = []
    var latitudes: [Double] = []
    for (table, plan) in plans {
      let step = max(128, graph.rowCount(table: table) / TileLimits.originSamples)
      for first in stride(from: 0, to: graph.rowCount(table: table), by: step) {
        graph.forEachPage(table: table, from: first) { page in
          let row = (0..<page.twins.count).first { page.has(plan.geometry, $0) }
          guard let row, let place = page.withBytes(plan.geometry, row, { FirstPosition.of($0) }) ?? nil
          else {
            return true
          }
          longitudes.append(place.longitude)
          latitudes.append(place.latitude)
          return false
        }
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
