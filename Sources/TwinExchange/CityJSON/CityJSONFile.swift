import TwinValues

/// A CityJSON file (versions 1.0 to 2.0), read whole.
struct CityJSONFile {
  /// A point in the file's own system: x, y in its unit, z in metres.
  struct Point: Equatable {
    var x: Double
    var y: Double
    var z: Double
  }

  /// One flat surface: rings of numbers of vertices, the outer one first.
  struct Surface {
    var rings: [[Int]]
    /// What the file says it is: `GroundSurface`, `RoofSurface`…
    var kind: String?
  }

  /// The best geometry of an object.
  struct Shape {
    var lod: Double
    var isSolid: Bool
    var surfaces: [Surface]
  }

  let frame: CityFrame
  let vertices: [Point]
  private let document: JSONDocument

  /// - Throws: `NuriError` with code `invalidJSON` or `invalidImport`.
  init(_ bytes: [UInt8]) throws(NuriError) {
    document = JSONDocument()
    try document.parse(bytes.span.bytes, limits: JSONLimits(maximumBytes: ExchangeLimits.geoJSONBytes))
    let root = document.root
    guard root["type"]?.isText("CityJSON") == true else {
      throw NuriError(
        .invalidImport, "This is no CityJSON file.",
        advice: #"It begins with {"type":"CityJSON","version":"2.0"…}."#)
    }
    let version = root["version"]?.string ?? ""
    guard version.hasPrefix("1.0") || version.hasPrefix("1.1") || version.hasPrefix("2.0") else {
      throw NuriError(
        .invalidImport, "CityJSON of version \"\(version.prefix(20))\" is not read; 1.0, 1.1 and 2.0 are.",
        advice: "cjio converts: cjio old.json upgrade save new.json.")
    }
    guard root["CityObjects"]?.kind == .object else {
      throw NuriError(.invalidImport, "The file has no CityObjects.")
    }
    frame = try CityFrame(name: root["metadata"]?["referenceSystem"]?.string)
    vertices = try CityJSONFile.vertices(root)
  }

  private static func vertices(_ root: JSONNode) throws(NuriError) -> [Point] {
    let (scale, translate) = (numbers(root["transform"]?["scale"]), numbers(root["transform"]?["translate"]))
    var vertices: [Point] = []
    guard let list = root["vertices"], list.kind == .array else {
      throw NuriError(.invalidImport, "The file has no vertices.")
    }
    vertices.reserveCapacity(list.count)
    for vertex in list.elements {
      guard let numbers = numbers(vertex) else {
        throw NuriError(.invalidImport, "A vertex is three numbers.", at: vertex.place)
      }
      var point = numbers
      if let scale, let translate {
        for i in 0..<3 { point[i] = numbers[i] * scale[i] + translate[i] }
      }
      vertices.append(Point(x: point[0], y: point[1], z: point[2]))
    }
    return vertices
  }

  private static func numbers(_ node: JSONNode?) -> [Double]? {
    guard let node, node.count == 3 else { return nil }
    let numbers = node.elements.compactMap(\.double)
    return numbers.count == 3 && numbers.allSatisfy(\.isFinite) ? numbers : nil
  }

  /// How many objects there are.
  var count: Int { document.root["CityObjects"]?.count ?? 0 }

  /// Calls `body` with each object, in the file's order.
  func forEachObject(_ body: (_ id: String, _ object: JSONNode) throws(NuriError) -> Void) throws(NuriError) {
    guard let objects = document.root["CityObjects"] else { return }
    for (id, object) in objects.members { try body(id, object) }
  }

  // MARK: Geometry

  /// The geometry of an object with the most detail up to `ExchangeLimits.cityDetail`; `nil` when it has none that is
  /// made of surfaces.
  /// - Throws: `NuriError` with code `invalidImport` for one that points to vertices that are not there.
  func shape(_ object: JSONNode) throws(NuriError) -> Shape? {
    var best: (lod: Double, node: JSONNode)?
    for geometry in object["geometry"]?.elements ?? JSONDocument().root.elements {
      guard let lod = CityJSONFile.lod(geometry), lod < ExchangeLimits.cityDetail,
        CityJSONFile.depth(geometry) != nil
      else { continue }
      if lod > best?.lod ?? -1 { best = (lod, geometry) }
    }
    guard let best, let depth = CityJSONFile.depth(best.node) else { return nil }
    var shape = Shape(lod: best.lod, isSolid: depth > 0, surfaces: [])
    let kinds = (best.node["semantics"]?["surfaces"]?.elements).map { $0.map { $0["type"]?.string } } ?? []
    if let boundaries = best.node["boundaries"] {
      try collect(boundaries, best.node["semantics"]?["values"], depth, kinds, &shape.surfaces)
    }
    return shape.surfaces.isEmpty ? nil : shape
  }

  private static func lod(_ geometry: JSONNode) -> Double? {
    geometry["lod"].flatMap { $0.double ?? $0.string.flatMap { Double($0) } }
  }

  /// How many lists stand around the list of surfaces.
  private static func depth(_ geometry: JSONNode) -> Int? {
    switch geometry["type"]?.string {
    case "MultiSurface", "CompositeSurface": 0
    case "Solid": 1
    case "MultiSolid", "CompositeSolid": 2
    default: nil
    }
  }

  private func collect(
    _ node: JSONNode, _ values: JSONNode?, _ depth: Int, _ kinds: [String?], _ surfaces: inout [Surface]
  ) throws(NuriError) {
    var value = values?.elements
    for element in node.elements {
      let own = value?.next()
      guard depth == 0 else {
        try collect(element, own, depth - 1, kinds, &surfaces)
        continue
      }
      let kind = own?.int64.flatMap { $0 >= 0 && $0 < kinds.count ? kinds[Int($0)] : nil }
      surfaces.append(Surface(rings: try rings(element), kind: kind))
    }
  }

  private func rings(_ node: JSONNode) throws(NuriError) -> [[Int]] {
    var rings: [[Int]] = []
    for ring in node.elements {
      var points: [Int] = []
      for vertex in ring.elements {
        guard let index = vertex.int64, index >= 0, index < vertices.count else {
          throw NuriError(.invalidImport, "There is no such vertex.", at: vertex.place)
        }
        points.append(Int(index))
      }
      rings.append(points)
    }
    return rings
  }
}
