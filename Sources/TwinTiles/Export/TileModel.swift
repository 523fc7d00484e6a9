/// A tile's features as vertices and primitives, in metres east, north and up of its centre.
struct TileModel {
  /// What its indices make.
  enum Mode: Int {
    case points = 0
    case lines = 1
    case triangles = 4
  }

  private(set) var mode = Mode.triangles
  /// Positions and, for triangles, normals, as glTF has them: x, height, and y backwards.
  private(set) var positions: [Float] = []
  private(set) var normals: [Float] = []
  /// The feature of each vertex.
  private(set) var features: [Float] = []
  private(set) var indices: [UInt32] = []
  private(set) var region = EarthRegion()

  private let projection: LocalProjection
  private let frame: EarthFrame
  private typealias Vector = EarthFrame.Vector

  init(_ kind: TileKind, _ store: FeatureStore, _ projection: LocalProjection, centre: GeoPosition) {
    self.projection = projection
    frame = EarthFrame(centre)
    switch kind {
    case .point: mode = .points
    case .line: mode = .lines
    case .area, .prism, .mesh: mode = .triangles
    }
    for (number, feature) in store.features.enumerated() {
      switch mode {
      case .points: points(feature, store, number)
      case .lines: lines(feature, store, number)
      case .triangles where !feature.indices.isEmpty: surfaces(feature, store, number)
      case .triangles: prism(feature, store, number)
      }
    }
  }

  private mutating func place(_ x: Int32, _ y: Int32, _ height: Int32) -> Vector {
    let position = projection.position(
      x: Double(x) / TileLimits.quantaPerMetre, y: Double(y) / TileLimits.quantaPerMetre)
    let metres = Double(height) / TileLimits.quantaPerMetre
    region.add(position, height: metres)
    return frame.local(position, height: metres)
  }

  private mutating func add(_ point: Vector, _ feature: Int, normal: Vector? = nil) -> UInt32 {
    positions += [Float(point.x), Float(point.z), Float(-point.y)]
    if let normal { normals += [Float(normal.x), Float(normal.z), Float(-normal.y)] }
    features.append(Float(feature))
    return UInt32(features.count - 1)
  }

  private mutating func points(_ feature: Feature, _ store: FeatureStore, _ number: Int) {
    for ring in feature.rings {
      for i in store.points(ofRing: ring) {
        indices.append(add(place(store.xs[i], store.ys[i], feature.base), number))
      }
    }
  }

  private mutating func lines(_ feature: Feature, _ store: FeatureStore, _ number: Int) {
    for ring in feature.rings {
      var last: UInt32?
      for i in store.points(ofRing: ring) {
        let vertex = add(place(store.xs[i], store.ys[i], feature.base), number)
        if let last { indices += [last, vertex] }
        last = vertex
      }
    }
  }

  /// A roof for each polygon, and walls below every ring.
  private mutating func prism(_ feature: Feature, _ store: FeatureStore, _ number: Int) {
    var ring = feature.rings.lowerBound
    while ring < feature.rings.upperBound {
      var end = ring + 1
      while end < feature.rings.upperBound, store.ringHoles[end] == 1 { end += 1 }
      roof(ring..<end, feature, store, number)
      if feature.top > feature.base { for each in ring..<end { walls(each, feature, store, number) } }
      ring = end
    }
  }

  private mutating func roof(_ rings: Range<Int>, _ feature: Feature, _ store: FeatureStore, _ number: Int) {
    let first = store.points(ofRing: rings.lowerBound).lowerBound
    let points = first..<Int(store.ringEnds[rings.upperBound - 1])
    let (x, y) = (store.xs[first], store.ys[first])
    let triangles = Triangulation.triangles(
      points.map { Double(store.xs[$0] - x) }, points.map { Double(store.ys[$0] - y) },
      ringEnds: rings.map { Int(store.ringEnds[$0]) - first })
    let start = UInt32(features.count)
    for i in points { _ = add(place(store.xs[i], store.ys[i], feature.top), number, normal: (0, 0, 1)) }
    indices += triangles.map { start + UInt32($0) }
  }

  private mutating func walls(_ ring: Int, _ feature: Feature, _ store: FeatureStore, _ number: Int) {
    let points = store.points(ofRing: ring)
    var a = points.upperBound - 1
    for b in points {
      let low = (place(store.xs[a], store.ys[a], feature.base), place(store.xs[b], store.ys[b], feature.base))
      let high = (place(store.xs[a], store.ys[a], feature.top), place(store.xs[b], store.ys[b], feature.top))
      let (east, north) = (low.1.x - low.0.x, low.1.y - low.0.y)
      let length = max((east * east + north * north).squareRoot(), .leastNonzeroMagnitude)
      let normal: Vector = (north / length, -east / length, 0)
      let corners = [low.0, low.1, high.1, high.0].map { add($0, number, normal: normal) }
      indices += [corners[0], corners[1], corners[2], corners[0], corners[2], corners[3]]
      a = b
    }
  }

  private mutating func surfaces(_ feature: Feature, _ store: FeatureStore, _ number: Int) {
    for triangle in stride(from: feature.indices.lowerBound, to: feature.indices.upperBound, by: 3) {
      let corners = (0..<3).map { corner -> Vector in
        let vertex = store.vertices[feature.vertices.lowerBound + Int(store.indices[triangle + corner])]
        return place(vertex.x, vertex.y, vertex.z)
      }
      let (a, b, c) = (corners[0], corners[1], corners[2])
      let u: Vector = (b.x - a.x, b.y - a.y, b.z - a.z)
      let v: Vector = (c.x - a.x, c.y - a.y, c.z - a.z)
      let cross: Vector = (u.y * v.z - u.z * v.y, u.z * v.x - u.x * v.z, u.x * v.y - u.y * v.x)
      let length = (cross.x * cross.x + cross.y * cross.y + cross.z * cross.z).squareRoot()
      guard length > 0 else { continue }
      let normal: Vector = (cross.x / length, cross.y / length, cross.z / length)
      for corner in corners { indices.append(add(corner, number, normal: normal)) }
    }
  }
}
