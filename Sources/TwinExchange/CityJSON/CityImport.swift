import TwinGraph
import TwinModels
import TwinValues

/// Turns the objects of one CityJSON file into changes.
struct CityImport {
  private let city: CityJSONFile
  private var ids: [String: String] = [:]
  private var used: Set<String> = []

  init(_ city: CityJSONFile) { self.city = city }

  /// The models that the file needs and a world has not.
  /// - Throws: `NuriError` with code `modelExists` when it has another of such an id, `invalidImport` for an object
  ///   without a type.
  func models(missingIn known: ModelSet) throws(NuriError) -> [[UInt8]] {
    var types: Set<String> = []
    try city.forEachObject { (id, object) throws(NuriError) in types.insert(try CityImport.model(id, object))
    }
    if types.isEmpty { return [] }
    var missing: [[UInt8]] = []
    for text in [CityModels.baseText] + types.sorted().map(CityModels.text) {
      let document = try JSONDocument(text)
      if try !ModelMatch.isKnown(document.root, in: known) { missing.append(Array(text.utf8)) }
    }
    return missing
  }

  private static func model(_ id: String, _ object: JSONNode) throws(NuriError) -> String {
    guard let model = object["type"]?.string.flatMap(CityModels.id) else {
      throw NuriError(.invalidImport, "The object \"\(id.prefix(140))\" has no type.", at: object.place)
    }
    return model
  }

  /// The change that makes an object's twin; `nil` for one with neither a shape nor parts.
  mutating func twin(_ id: String, _ object: JSONNode, _ report: inout CityReport) throws(NuriError)
    -> Change?
  {
    let shape = try city.shape(object)
    guard shape != nil || object["children"]?.count ?? 0 > 0 else {
      report.shapeless += 1
      return nil
    }
    var properties: [PropertyEdit] = []
    if let shape { try add(shape, id, to: &properties, &report) }
    if let attributes = CityImport.attributes(object) {
      properties.append(PropertyEdit("attributes", .json(attributes)))
    }
    report.twins += 1
    return .putTwin(id: twinId(id), model: try CityImport.model(id, object), properties: properties)
  }

  /// The relationships of an object to those it is part of.
  func relationships(_ id: String, _ object: JSONNode) -> [Change] {
    guard let source = ids[id], let parents = object["parents"] else { return [] }
    return parents.elements.enumerated().compactMap { number, parent in
      guard let target = parent.string.flatMap({ ids[$0] }) else { return nil }
      return .putRelationship(
        source: source, id: "partOf-\(number)", name: "partOf", target: target, properties: [])
    }
  }

  /// An id that twins may have: what they may not have becomes `-`, and a second one of the same name gets a number.
  private mutating func twinId(_ id: String) -> String {
    if let known = ids[id] { return known }
    var clean = String(id.map { (try? TwinId.check(String($0))) == nil ? "-" : $0 })
    while clean.utf8.count > TwinId.maximumBytes - 8 { clean.removeLast() }
    if clean.isEmpty { clean = "object" }
    var (unique, number) = (clean, 1)
    while !used.insert(unique).inserted {
      number += 1
      unique = "\(clean)~\(number)"
    }
    ids[id] = unique
    return unique
  }

  // MARK: Properties

  private func add(
    _ shape: CityJSONFile.Shape, _ id: String, to properties: inout [PropertyEdit], _ report: inout CityReport
  ) throws(NuriError) {
    var writer = JSONWriter(reserving: 512)
    writer.beginObject()
    writer.key("type")
    writer.string("MultiPolygon")
    writer.key("coordinates")
    writer.beginArray()
    for polygon in CityOutline.polygons(shape, city) {
      writer.beginArray()
      for ring in polygon {
        writer.beginArray()
        for point in ring + ring.prefix(1) {
          let place = try degrees(point, id)
          writer.beginArray()
          writer.double(place.longitude)
          writer.double(place.latitude)
          writer.endArray()
        }
        writer.endArray()
      }
      writer.endArray()
    }
    writer.endArray()
    writer.endObject()
    properties.append(PropertyEdit("footprint", .json(writer.bytes)))
    let heights = shape.surfaces.flatMap { $0.rings.flatMap { $0 } }.map { city.vertices[$0].z }
    let (low, high) = (heights.min() ?? 0, heights.max() ?? 0)
    properties.append(PropertyEdit("base", .double(CityImport.rounded(low, 1e3))))
    properties.append(PropertyEdit("height", .double(CityImport.rounded(high - low, 1e3))))
    properties.append(PropertyEdit("lod", .double(shape.lod)))
    guard shape.lod >= 2 else { return }
    let solid = try surfaces(shape, id)
    if solid.count <= GraphLimits.valueBytes {
      properties.append(PropertyEdit("solid", .json(solid)))
    } else {
      report.simplified += 1
    }
  }

  private static func rounded(_ number: Double, _ parts: Double) -> Double {
    (number * parts).rounded() / parts
  }

  private func degrees(_ point: CityJSONFile.Point, _ id: String) throws(NuriError) -> (
    longitude: Double, latitude: Double
  ) {
    guard let place = city.frame.degrees(x: point.x, y: point.y) else {
      throw NuriError(
        .invalidImport,
        "The object \"\(id.prefix(140))\" lies outside its coordinate system: \(point.x), \(point.y).",
        advice: "Is metadata.referenceSystem right?")
    }
    return (CityImport.rounded(place.longitude, 1e8), CityImport.rounded(place.latitude, 1e8))
  }

  private func surfaces(_ shape: CityJSONFile.Shape, _ id: String) throws(NuriError) -> [UInt8] {
    var numbers: [Int: Int] = [:]
    var writer = JSONWriter(reserving: 4096)
    writer.beginObject()
    writer.key("vertices")
    writer.beginArray()
    for vertex in shape.surfaces.lazy.flatMap({ $0.rings.flatMap { $0 } }) where numbers[vertex] == nil {
      numbers[vertex] = numbers.count
      let place = try degrees(city.vertices[vertex], id)
      writer.double(place.longitude)
      writer.double(place.latitude)
      writer.double(CityImport.rounded(city.vertices[vertex].z, 1e3))
    }
    writer.endArray()
    writer.key("surfaces")
    writer.beginArray()
    for surface in shape.surfaces {
      writer.beginArray()
      for ring in surface.rings {
        writer.beginArray()
        for vertex in ring { writer.integer(Int64(numbers[vertex] ?? 0)) }
        writer.endArray()
      }
      writer.endArray()
    }
    writer.endArray()
    writer.endObject()
    return writer.bytes
  }

  /// An object's attributes as texts, without empty ones; `nil` when there are none.
  private static func attributes(_ object: JSONNode) -> [UInt8]? {
    guard let attributes = object["attributes"], attributes.kind == .object else { return nil }
    var writer = JSONWriter()
    var isEmpty = true
    writer.beginObject()
    for (name, value) in attributes.members where !value.isNull {
      let text = value.string ?? value.sourceText
      if text.isEmpty { continue }
      writer.key(name)
      writer.string(text)
      isEmpty = false
    }
    writer.endObject()
    return isEmpty || writer.bytes.count > GraphLimits.valueBytes ? nil : writer.bytes
  }
}
