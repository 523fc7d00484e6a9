import TwinGraph
public import TwinValues

extension WorldExporter {
  /// What of a world goes into a GeoJSON file.
  public struct GeoJSONSelection: Sendable {
    /// Only twins of this model and of those that extend it.
    public var model: String?
    /// The property that holds the geometry; the first that holds one when `nil`.
    public var geometry: String?

    /// Everything that has a geometry.
    public init(model: String? = nil, geometry: String? = nil) {
      self.model = model
      self.geometry = geometry
    }
  }

  /// Writes every twin that has a geometry as a feature (RFC 7946) with flat properties: a field `road` of an
  /// object `address` becomes `address/road`, which a mapping file reads back.
  /// - Throws: `NuriError` when the model is unknown or the file can't be written.
  @discardableResult
  public func writeGeoJSON(
    to path: String, _ selection: GeoJSONSelection = GeoJSONSelection(),
    progress: (ExchangeProgress) -> Void = { _ in }
  ) throws(NuriError) -> ExchangeProgress {
    if let model = selection.model { _ = try graph.interface(model) }
    let tables = selection.model.map { Set(graph.tables(ofModel: $0)) }
    let file = try OutputFile(path)
    var features = FeatureWriter(graph)
    var state = ExchangeProgress()
    for slot in 0..<graph.twinSlots {
      guard let twin = graph.twin(slot: slot), tables?.contains(graph.table(of: twin)) ?? true else {
        continue
      }
      guard try features.write(twin, geometry: selection.geometry) else { continue }
      state.records += 1
      if features.bytes.count >= ExchangeLimits.blockBytes {
        try file.write(features.take())
        state.bytes = file.bytesTaken
        progress(state)
      }
    }
    features.end()
    try file.write(features.take())
    try file.finish()
    state.bytes = file.bytesTaken
    progress(state)
    return state
  }
}

/// Writes a feature collection piece by piece.
private struct FeatureWriter {
  private let graph: Graph
  private(set) var bytes: [UInt8] = []
  private var isFirst = true
  private let document = JSONDocument()
  private let start = #"{"type":"FeatureCollection","features":["#

  init(_ graph: Graph) { self.graph = graph }

  mutating func take() -> [UInt8] {
    let taken = bytes
    bytes.removeAll(keepingCapacity: true)
    return taken
  }

  mutating func end() {
    bytes.append(contentsOf: ((isFirst ? start : "") + "\n]}\n").utf8)
  }

  /// Writes a twin; `false` when it has no geometry.
  mutating func write(_ twin: TwinRef, geometry wanted: String?) throws(NuriError) -> Bool {
    let layout = graph.layout(of: twin)
    guard let (column, geometry) = self.geometry(twin, layout, wanted) else { return false }
    var feature = JSONWriter()
    feature.beginObject()
    feature.key("type")
    feature.string("Feature")
    feature.key("id")
    feature.string(graph.id(of: twin))
    feature.key("geometry")
    feature.raw(geometry)
    feature.key("properties")
    feature.beginObject()
    feature.key("$dtId")
    feature.string(graph.id(of: twin))
    feature.key("$model")
    feature.string(layout.model)
    for (i, field) in layout.fields.enumerated() where i != column {
      guard let value = graph.value(twin, column: i) else { continue }
      let name = field.component.map { "\($0)/\(field.name)" } ?? field.name
      if case .json(let json) = value {
        try document.parse(json.span.bytes)
        flatten(document.root, name, into: &feature)
      } else {
        feature.key(name)
        feature.value(value)
      }
    }
    feature.endObject()
    feature.endObject()
    bytes.append(contentsOf: ((isFirst ? start : ",") + "\n").utf8)
    bytes.append(contentsOf: feature.bytes)
    isFirst = false
    return true
  }

  private func geometry(_ twin: TwinRef, _ layout: TableLayout, _ wanted: String?) -> (Int, [UInt8])? {
    for (column, field) in layout.fields.enumerated() where field.kind == .json {
      if let wanted, field.path != wanted { continue }
      guard case .json(let json) = graph.value(twin, column: column), isGeometry(json) else { continue }
      return (column, json)
    }
    return nil
  }

  private func isGeometry(_ json: [UInt8]) -> Bool {
    guard (try? document.parse(json.span.bytes)) != nil else { return false }
    let type = document.root["type"]?.string ?? ""
    return MappedValue.typeOfSchema.values.contains(type) && document.root["coordinates"]?.kind == .array
  }

  /// Objects become `outer/inner`; geometries and arrays stay what they are.
  private func flatten(_ node: JSONNode, _ name: String, into feature: inout JSONWriter) {
    guard node.kind == .object, node["coordinates"] == nil else {
      feature.key(name)
      feature.node(node)
      return
    }
    for (key, value) in node.members { flatten(value, "\(name)/\(key)", into: &feature) }
  }
}
