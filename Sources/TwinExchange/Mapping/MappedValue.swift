import TwinValues

/// Where a value of a mapping comes from.
enum MappedValue: Sendable {
  case column(MappedColumn)
  case text(TextTemplate)
  case constant([UInt8])
  case point(longitude: String, latitude: String)
  case geometry(String)

  init(_ node: JSONNode) throws(NuriError) {
    if node["column"] != nil {
      self = .column(try MappedColumn(node))
    } else if node["text"] != nil {
      try node.expectKeys(["text"], in: "a text")
      self = .text(try TextTemplate(try node.needText("text"), at: node))
    } else if let value = node["value"] {
      try node.expectKeys(["value"], in: "a value")
      self = .constant(value.compactJSON)
    } else if let point = node["point"] {
      try node.expectKeys(["point"], in: "a point")
      let columns = point.elements.compactMap(\.string)
      guard columns.count == 2, point.count == 2 else {
        throw NuriError(
          .invalidMapping, "A point names two columns: longitude, then latitude.", at: point.place)
      }
      self = .point(longitude: columns[0], latitude: columns[1])
    } else if node["geometry"] != nil {
      try node.expectKeys(["geometry"], in: "a geometry")
      let schema = try node.needText("geometry")
      guard Self.typeOfSchema[schema] != nil else {
        throw NuriError(
          .invalidMapping, "There is no geometry \"\(schema)\".", at: node.place,
          advice: "It is one of \(Self.typeOfSchema.keys.sorted().joined(separator: ", ")).")
      }
      self = .geometry(schema)
    } else {
      throw NuriError(
        .invalidMapping, "A value names one of column, text, value, point and geometry.", at: node.place)
    }
  }

  static let typeOfSchema = [
    "point": "Point", "lineString": "LineString", "polygon": "Polygon", "multiPoint": "MultiPoint",
    "multiLineString": "MultiLineString", "multiPolygon": "MultiPolygon",
  ]

  var columns: [String] {
    switch self {
    case .column(let column): [column.name]
    case .text(let template): template.columns
    case .point(let longitude, let latitude): [longitude, latitude]
    case .constant, .geometry: []
    }
  }
}

/// A column, and how its cells are read.
struct MappedColumn: Sendable {
  /// What cells become.
  enum Kind: String, Sendable, CaseIterable {
    case string
    case integer
    case long
    case double
    case boolean
    case date
    case dateTime
  }

  let name: String
  let kind: Kind
  /// From cell to JSON value.
  let values: [String: [UInt8]]?
  /// The value of a cell that `values` does not have.
  let otherwise: [UInt8]?

  init(_ node: JSONNode) throws(NuriError) {
    try node.expectKeys(["column", "as", "values", "else"], in: "a column")
    name = try node.needText("column")
    let kindName = node["as"]?.string ?? "string"
    guard let kind = Kind(rawValue: kindName), node["as"].map({ $0.kind == .string }) ?? true else {
      throw NuriError(
        .invalidMapping, "A cell can't be read as \"\(kindName)\".", at: node.place,
        advice: "\"as\" is one of \(Kind.allCases.map(\.rawValue).joined(separator: ", ")).")
    }
    self.kind = kind
    otherwise = node["else"]?.compactJSON
    guard let table = node["values"] else {
      values = nil
      return
    }
    guard table.kind == .object else {
      throw NuriError(.invalidMapping, "\"values\" is an object from cell to value.", at: table.place)
    }
    var values: [String: [UInt8]] = [:]
    for (cell, value) in table.members { values[cell] = value.compactJSON }
    self.values = values
  }
}

extension JSONNode {
  /// The value as compact JSON.
  var compactJSON: [UInt8] {
    var writer = JSONWriter()
    writer.node(self)
    return writer.bytes
  }
}
