import TwinGraph
import TwinValues

/// Reads twins' shapes from the pages of a table: GeoJSON in degrees becomes rings in quanta.
struct FeatureReader {
  let plan: LayerPlan
  let projection: LocalProjection
  var store = FeatureStore()
  private let heightKind: ColumnKind
  private let baseKind: ColumnKind
  private let document = JSONDocument()
  private static let limits = JSONLimits(maximumDepth: 16, rejectsDuplicateKeys: false)

  init(_ plan: LayerPlan, _ layout: TableLayout, _ projection: LocalProjection) {
    self.plan = plan
    self.projection = projection
    heightKind = plan.height.map { layout.fields[$0].kind } ?? .double
    baseKind = plan.base.map { layout.fields[$0].kind } ?? .double
  }

  /// Reads one row; nothing is added for a twin without a place, or with one beyond reach.
  /// - Returns: the square it came into.
  mutating func read(_ page: TablePage, _ row: Int) -> Cell? {
    guard page.has(plan.geometry, row) else { return nil }
    let parsed: Bool? = page.withBytes(plan.geometry, row) { bytes in
      let span = UnsafeRawBufferPointer(bytes).bytes
      return (try? document.parse(span, limits: FeatureReader.limits)) != nil
    }
    guard parsed == true, let coordinates = document.root["coordinates"] else { return nil }
    let firstRing = store.ringEnds.count
    let firstPoint = store.xs.count
    guard rings(coordinates), store.ringEnds.count > firstRing else {
      forget(firstRing, firstPoint)
      return nil
    }
    let base = plan.base.flatMap { page.number($0, baseKind, row) } ?? 0
    let height = plan.height.flatMap { page.number($0, heightKind, row) } ?? 0
    return add(
      row: page.firstRow + row, firstRing, firstPoint, base: base, height: height, page: page, inPage: row)
  }

  private mutating func forget(_ ring: Int, _ point: Int) {
    store.ringEnds.removeLast(store.ringEnds.count - ring)
    store.ringHoles.removeLast(store.ringHoles.count - ring)
    store.xs.removeLast(store.xs.count - point)
    store.ys.removeLast(store.ys.count - point)
  }

  private mutating func add(
    row: Int, _ firstRing: Int, _ firstPoint: Int, base: Double, height: Double, page: TablePage, inPage: Int
  ) -> Cell {
    var low = (x: Int32.max, y: Int32.max)
    var high = (x: Int32.min, y: Int32.min)
    for i in firstPoint..<store.xs.count {
      low = (min(low.x, store.xs[i]), min(low.y, store.ys[i]))
      high = (max(high.x, store.xs[i]), max(high.y, store.ys[i]))
    }
    let middle = (x: low.x + (high.x - low.x) / 2, y: low.y + (high.y - low.y) / 2)
    let cell = Cell(holding: middle.x, middle.y)
    let bottom = FeatureReader.heightQuanta(base)
    let rise = max(0, FeatureReader.heightQuanta(height))
    let extent = max(high.x - low.x, high.y - low.y, rise)
    var feature = Feature(
      row: UInt32(row), cell: cell, rings: firstRing..<store.ringEnds.count, base: bottom,
      top: bottom + rise, order: FeatureReader.order(extent, middle, cell))
    if plan.mesh != nil { readMesh(page, inPage, into: &feature) }
    store.features.append(feature)
    return cell
  }

  /// Big before small by powers of two, then along a Z curve.
  private static func order(_ extent: Int32, _ middle: (x: Int32, y: Int32), _ cell: Cell) -> UInt32 {
    let octave = UInt32(32 - max(extent, 1).leadingZeroBitCount)
    let half = Cell.side / 2
    func grid(_ value: Int32, _ centre: Int32) -> UInt32 {
      UInt32(clamping: Int64(value - centre + half) * 8192 / Int64(Cell.side)) & 8191
    }
    return (31 - min(octave, 31)) << 26
      | spread(grid(middle.x, cell.centre.x)) | spread(grid(middle.y, cell.centre.y)) << 1
  }

  /// The low 13 bits with a gap after each.
  private static func spread(_ value: UInt32) -> UInt32 {
    var v = value & 0x1fff
    v = (v | v << 8) & 0x00ff_00ff
    v = (v | v << 4) & 0x0f0f_0f0f
    v = (v | v << 2) & 0x3333_3333
    return (v | v << 1) & 0x5555_5555
  }

  /// Metres over ground as quanta, within what is drawn.
  static func heightQuanta(_ metres: Double) -> Int32 {
    let bounded = max(-TileLimits.heightMetres, min(TileLimits.heightMetres, metres))
    return Int32((bounded * TileLimits.quantaPerMetre).rounded())
  }

  // MARK: Coordinates

  /// Reads positions at whatever depth they are: a point, a list, lists of lists.
  private mutating func rings(_ coordinates: JSONNode) -> Bool {
    let depth = FeatureReader.depth(coordinates)
    switch (plan.kind, depth) {
    case (.point, 0): return point(coordinates)
    case (.point, 1): return coordinates.elements.allSatisfy { point($0) }
    case (.line, 1): return line(coordinates)
    case (.line, 2): return coordinates.elements.allSatisfy { line($0) }
    case (.area, 2), (.prism, 2), (.mesh, 2): return polygon(coordinates)
    case (.area, 3), (.prism, 3), (.mesh, 3): return coordinates.elements.allSatisfy { polygon($0) }
    default: return false
    }
  }

  private static func depth(_ node: JSONNode) -> Int {
    var depth = 0
    var elements = node.elements
    while let inner = elements.next(), inner.kind == .array {
      depth += 1
      elements = inner.elements
    }
    return depth
  }

  /// A position in quanta; `nil` when it is beyond reach.
  @inline(__always)
  private func quanta(_ node: JSONNode) -> (x: Int32, y: Int32)? {
    var numbers = node.elements
    guard let longitude = numbers.next()?.double, let latitude = numbers.next()?.double else { return nil }
    return quanta(longitude, latitude)
  }

  /// A position in quanta; `nil` when it is beyond reach.
  func quanta(_ longitude: Double, _ latitude: Double) -> (x: Int32, y: Int32)? {
    guard abs(longitude - projection.origin.longitude) < 45, abs(latitude) <= 89 else { return nil }
    let (x, y) = projection.metres(longitude: longitude, latitude: latitude)
    guard abs(x) <= TileLimits.reachMetres, abs(y) <= TileLimits.reachMetres else { return nil }
    return (
      Int32((x * TileLimits.quantaPerMetre).rounded()), Int32((y * TileLimits.quantaPerMetre).rounded())
    )
  }

  private mutating func append(_ point: (x: Int32, y: Int32)) {
    store.xs.append(point.x)
    store.ys.append(point.y)
  }

  private mutating func endRing(hole: Bool) {
    store.ringEnds.append(Int32(store.xs.count))
    store.ringHoles.append(hole ? 1 : 0)
  }

  private mutating func point(_ node: JSONNode) -> Bool {
    guard let point = quanta(node) else { return false }
    append(point)
    endRing(hole: false)
    return true
  }

  /// Positions without those that fall on the one before.
  private mutating func positions(_ node: JSONNode) -> Bool {
    let first = store.xs.count
    for element in node.elements {
      guard let point = quanta(element) else { return false }
      let count = store.xs.count
      if count > first, store.xs[count - 1] == point.x, store.ys[count - 1] == point.y { continue }
      append(point)
    }
    return true
  }

  private mutating func line(_ node: JSONNode) -> Bool {
    let first = store.xs.count
    guard positions(node) else { return false }
    if store.xs.count > first { endRing(hole: false) }
    return true
  }

  /// A polygon's rings; one that is too small to have corners is left out, and its holes with it.
  private mutating func polygon(_ node: JSONNode) -> Bool {
    var isHole = false
    for ring in node.elements {
      let first = store.xs.count
      guard positions(ring) else { return false }
      let last = store.xs.count - 1
      if last > first, store.xs[first] == store.xs[last], store.ys[first] == store.ys[last] {
        store.xs.removeLast()
        store.ys.removeLast()
      }
      guard store.xs.count - first >= 3 else {
        store.xs.removeLast(store.xs.count - first)
        store.ys.removeLast(store.ys.count - first)
        if isHole { continue }
        return true
      }
      turn(from: first, clockwise: isHole)
      endRing(hole: isHole)
      isHole = true
    }
    return true
  }

  /// Makes the last ring run the way it should.
  private mutating func turn(from first: Int, clockwise: Bool) {
    var doubled: Int64 = 0
    var previous = store.xs.count - 1
    for i in first..<store.xs.count {
      doubled += Int64(store.xs[previous]) * Int64(store.ys[i])
      doubled -= Int64(store.xs[i]) * Int64(store.ys[previous])
      previous = i
    }
    guard clockwise ? doubled > 0 : doubled < 0 else { return }
    store.xs[first...].reverse()
    store.ys[first...].reverse()
  }

  // MARK: Surfaces

  /// Adds a twin's surfaces, when it has any that are whole.
  private mutating func readMesh(_ page: TablePage, _ row: Int, into feature: inout Feature) {
    guard let column = plan.mesh, page.has(column, row) else { return }
    let parsed: Bool? = page.withBytes(column, row) { bytes in
      let span = UnsafeRawBufferPointer(bytes).bytes
      return (try? document.parse(span, limits: FeatureReader.limits)) != nil
    }
    guard parsed == true, let numbers = document.root["vertices"],
      let surfaces = document.root["surfaces"]
    else { return }
    let firstVertex = store.vertices.count
    let firstIndex = store.indices.count
    if vertices(numbers), indices(surfaces, firstVertex) {
      feature.vertices = firstVertex..<store.vertices.count
      feature.indices = firstIndex..<store.indices.count
    } else {
      store.vertices.removeLast(store.vertices.count - firstVertex)
      store.indices.removeLast(store.indices.count - firstIndex)
    }
  }

  private mutating func vertices(_ node: JSONNode) -> Bool {
    var numbers = node.elements
    while let longitude = numbers.next() {
      guard let longitude = longitude.double, let latitude = numbers.next()?.double,
        let height = numbers.next()?.double, let place = quanta(longitude, latitude)
      else { return false }
      store.vertices.append((place.x, place.y, FeatureReader.heightQuanta(height)))
    }
    return true
  }

  private mutating func indices(_ surfaces: JSONNode, _ firstVertex: Int) -> Bool {
    let count = store.vertices.count - firstVertex
    for surface in surfaces.elements {
      guard let (points, ends) = MeshValue.rings(surface, below: count) else { return false }
      let corners = points.map { point in
        let vertex = store.vertices[firstVertex + point]
        let near = store.vertices[firstVertex]
        return (x: Double(vertex.x - near.x), y: Double(vertex.y - near.y), z: Double(vertex.z - near.z))
      }
      for corner in MeshValue.triangles(corners, ends: ends) { store.indices.append(UInt32(points[corner])) }
    }
    return true
  }
}
