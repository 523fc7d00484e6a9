import TwinValues

/// Reads the features of a GeoJSON file (RFC 7946). The file is parsed whole; columns are the union of the
/// features' properties, in the order they first appear.
struct GeoJSONReader: RowSource {
  let columns: [String]
  let rowWord = "feature"
  let bytesRead: Int64
  private let document: JSONDocument
  private let indexOfColumn: [String: Int]
  private var features: JSONElements
  private var number = 0
  private let fileName: String

  init(_ file: InputFile) throws(NuriError) {
    fileName = file.name
    document = JSONDocument()
    do {
      let bytes = try file.readWhole(upTo: ExchangeLimits.geoJSONBytes)
      try document.parse(bytes.span.bytes, limits: JSONLimits(maximumBytes: ExchangeLimits.geoJSONBytes))
      features = try Self.features(document.root)
      (columns, indexOfColumn) = try Self.columns(features)
    } catch {
      throw error.inside(file.name)
    }
    bytesRead = file.bytesRead
  }

  mutating func next() throws(NuriError) -> TableRow? {
    guard let feature = features.next() else { return nil }
    number += 1
    var cells = [String?](repeating: nil, count: columns.count)
    if let properties = feature["properties"] {
      for (key, value) in properties.members {
        if let column = indexOfColumn[key] { cells[column] = Self.cell(value) }
      }
    }
    let geometry = feature["geometry"].flatMap { $0.kind == .object ? $0 : nil }
    return TableRow(number: number, cells: cells, geometry: geometry)
  }

  private static func cell(_ node: JSONNode) -> String? {
    switch node.kind {
    case .null: nil
    case .string: node.string.flatMap { $0.isEmpty ? nil : $0 }
    case .bool, .integer, .number, .array, .object: node.sourceText
    }
  }

  private static func features(_ root: JSONNode) throws(NuriError) -> JSONElements {
    guard root["type"]?.isText("FeatureCollection") == true, let features = root["features"],
      features.kind == .array
    else {
      throw NuriError(
        .invalidImport, "This is no GeoJSON FeatureCollection.",
        advice: #"It looks like {"type":"FeatureCollection","features":[…]}."#)
    }
    if let name = root["crs"]?["properties"]?["name"]?.string {
      let known = ["CRS84", "EPSG::4326", "EPSG:4326"]
      guard known.contains(where: name.hasSuffix) else {
        throw NuriError(
          .invalidImport, "The coordinates are in \(name); Nuri reads WGS 84 longitude and latitude.",
          advice: "Convert them first: ogr2ogr -t_srs EPSG:4326 …")
      }
    }
    return features.elements
  }

  private static func columns(_ features: JSONElements) throws(NuriError) -> ([String], [String: Int]) {
    var columns: [String] = []
    var index: [String: Int] = [:]
    for (i, feature) in features.enumerated() {
      guard feature["type"]?.isText("Feature") == true else {
        throw NuriError(.invalidImport, "This is no feature.", at: "feature \(i + 1), \(feature.place)")
      }
      guard let properties = feature["properties"] else { continue }
      for (key, _) in properties.members where index[key] == nil {
        index[key] = columns.count
        columns.append(key)
      }
    }
    return (columns, index)
  }
}
