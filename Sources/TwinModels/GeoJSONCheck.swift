import TwinValues

/// Checks a GeoJSON geometry against a shape (RFC 7946, §3.1 and §4).
struct GeoJSONCheck {
  let shape: GeospatialShape
  let path: String

  func check(_ node: JSONNode) throws(NuriError) {
    guard node.kind == .object else { throw fault("Expected a GeoJSON \(shape.typeName)") }
    for (name, _) in node.members where name != "type" && name != "coordinates" {
      throw fault("A GeoJSON geometry has type and coordinates, not \(name)")
    }
    guard node["type"]?.isText(shape.typeName) == true else {
      throw fault("The type of the geometry must be \(shape.typeName)")
    }
    guard let coordinates = node["coordinates"] else { throw fault("The geometry has no coordinates") }
    switch shape {
    case .point: try position(coordinates, "/coordinates")
    case .multiPoint: _ = try positions(coordinates, "/coordinates", minimum: 0)
    case .lineString: _ = try positions(coordinates, "/coordinates", minimum: 2)
    case .multiLineString:
      try each(coordinates, "/coordinates") { node, path throws(NuriError) in
        _ = try positions(node, path, minimum: 2)
      }
    case .polygon: try polygon(coordinates, "/coordinates")
    case .multiPolygon:
      try each(coordinates, "/coordinates") { node, path throws(NuriError) in try polygon(node, path) }
    }
  }

  private func fault(_ message: String, _ part: String = "") -> NuriError {
    NuriError(.invalidValue, "\(message).", at: path + part)
  }

  private func each(
    _ node: JSONNode, _ part: String, _ body: (JSONNode, String) throws(NuriError) -> Void
  ) throws(NuriError) {
    guard node.kind == .array else { throw fault("Expected an array of coordinates", part) }
    var index = 0
    for item in node.elements {
      try body(item, "\(part)/\(index)")
      index += 1
    }
  }

  /// Longitude, latitude and perhaps a height.
  private func position(_ node: JSONNode, _ part: String) throws(NuriError) {
    let numbers = node.elements.compactMap(\.double)
    guard node.kind == .array, numbers.count == node.count, (2...3).contains(numbers.count),
      numbers.allSatisfy(\.isFinite)
    else { throw fault("A position is longitude, latitude and perhaps a height, all numbers", part) }
    guard abs(numbers[0]) <= 180 else { throw fault("A longitude lies between -180 and 180", part) }
    guard abs(numbers[1]) <= 90 else { throw fault("A latitude lies between -90 and 90", part) }
  }

  private func positions(_ node: JSONNode, _ part: String, minimum: Int) throws(NuriError) -> [JSONNode] {
    try each(node, part) { node, part throws(NuriError) in try position(node, part) }
    guard node.count >= minimum else { throw fault("There are fewer than \(minimum) positions", part) }
    return Array(node.elements)
  }

  /// Rings: four positions or more, the last like the first.
  private func polygon(_ node: JSONNode, _ part: String) throws(NuriError) {
    try each(node, part) { node, part throws(NuriError) in
      let ring = try positions(node, part, minimum: 4)
      guard let first = ring.first, let last = ring.last,
        first.elements.map(\.double) == last.elements.map(\.double)
      else { throw fault("A ring ends where it began", part) }
    }
  }
}
