import TwinEngine
import TwinGraph
import TwinModels
import TwinValues

/// Turns rows into changes, against a copy of the world that follows along: what a row says twice, or what is
/// there already, makes no change.
struct RowApplier {
  private let mapping: Mapping
  private let reader: RowReader
  private let layout: TableLayout
  private var graph: Graph
  private var stamp: Stamp
  private let document = JSONDocument()

  /// - Throws: when the mapping names a model or property that is not there.
  init(_ mapping: Mapping, _ reader: RowReader, _ snapshot: Snapshot) throws(NuriError) {
    self.mapping = mapping
    self.reader = reader
    graph = snapshot.graph
    stamp = Stamp(
      sequence: snapshot.sequence + 1, milliseconds: snapshot.recorded.microseconds / 1000)
    layout = try Self.layout(mapping.model, &graph)
    for property in mapping.properties {
      let (path, _) = Self.column(property.path, layout)
      if layout.column(path) != nil { continue }
      try document.parse("null")
      do {
        _ = try layout.edit(path, document.root)
      } catch {
        throw error.inside("mapping")
      }
    }
  }

  /// Where a model's properties live; reading a twin without properties makes sure that the model is there.
  private static func layout(_ model: String, _ graph: inout Graph) throws(NuriError) -> TableLayout {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("$metadata")
    writer.beginObject()
    writer.key("$model")
    writer.string(model)
    writer.endObject()
    writer.endObject()
    let document = try JSONDocument(writer.bytes)
    do {
      _ = try graph.twinChange(from: document.root, id: "row")
    } catch {
      throw NuriError(error.code, error.message, at: "mapping", advice: error.advice)
    }
    guard let table = graph.table(ofModel: model) else {
      throw NuriError(.modelNotFound, "There is no model \"\(model)\".", at: "mapping")
    }
    return graph.layout(table: table)
  }

  /// The column a path leads to, and what of it goes on inside the column's object.
  private static func column(_ path: [String], _ layout: TableLayout) -> (String, [String]) {
    if path.count > 1, layout.components.contains(path[0]) {
      return ("\(path[0]).\(path[1])", Array(path[2...]))
    }
    return (path[0], Array(path[1...]))
  }

  mutating func changes(of row: TableRow, place: String, _ report: inout MappedReport) throws(NuriError)
    -> [Change]
  {
    guard let id = reader.text(mapping.id, row) else {
      throw NuriError(
        .invalidImport, "The row gives no id.", advice: "A column of the mapping's \"id\" is empty.")
    }
    var changes: [Change] = []
    let (twinChange, isNew) = try self.twinChange(id, row, place, &report)
    if let twinChange {
      try apply(twinChange)
      changes.append(twinChange)
      if isNew { report.created += 1 } else { report.changed += 1 }
    } else {
      report.unchanged += 1
    }
    var seen: [String: Int] = [:]
    for relationship in mapping.relationships {
      seen[relationship.name, default: 0] += 1
      let number = seen[relationship.name] ?? 1
      let key = "\(id):\(relationship.name)" + (number > 1 ? ":\(number)" : "")
      if let change = try relationshipChange(relationship, key, from: id, row, place, &report) {
        try apply(change)
        changes.append(change)
        report.relationships += 1
      }
    }
    return changes
  }

  private mutating func apply(_ change: Change) throws(NuriError) {
    try graph.apply(change, stamp)
    stamp = Stamp(sequence: stamp.sequence + 1, milliseconds: stamp.milliseconds)
  }

  private mutating func twinChange(
    _ id: String, _ row: TableRow, _ place: String, _ report: inout MappedReport
  ) throws(NuriError) -> (Change?, isNew: Bool) {
    let twin = graph.twin(id)
    if let twin, graph.model(of: twin) != mapping.model {
      throw NuriError(
        .twinExists, "The twin \"\(id)\" exists with another model, \(graph.model(of: twin)).",
        advice: "Give the rows other ids, or migrate the twin.")
    }
    var edits: [PropertyEdit] = []
    for property in mapping.properties {
      let (path, inside) = Self.column(property.path, layout)
      let json: [UInt8]
      switch reader.evaluate(property.value, row) {
      case .empty: continue
      case .unusable(let reason):
        report.note("\(place): \(reason).")
        continue
      case .json(let bytes): json = bytes
      }
      let pending = edits.firstIndex { $0.path == path }
      let known = pending.map { edits[$0].value } ?? twin.flatMap { graph.value($0, path) }
      do throws(NuriError) {
        let edit = try edit(path, Self.set(inside, json, in: known))
        if let pending { edits[pending] = edit } else { edits.append(edit) }
      } catch {
        report.note("\(place): \(error.message)")
      }
    }
    guard let twin else { return (.putTwin(id: id, model: mapping.model, properties: edits), true) }
    edits.removeAll { graph.value(twin, $0.path) == $0.value }
    return (edits.isEmpty ? nil : .patchTwin(id: id, edits: edits), false)
  }

  private func edit(_ path: String, _ json: [UInt8]) throws(NuriError) -> PropertyEdit {
    try document.parse(json.span.bytes)
    return try layout.edit(path, document.root)
  }

  /// The object `known` with a value put at a path inside it; the value itself when there is no path.
  private static func set(_ path: [String], _ value: [UInt8], in known: Value?) throws(NuriError) -> [UInt8] {
    guard !path.isEmpty else { return value }
    var base = JSONDocument()
    if case .json(let bytes) = known { base = try JSONDocument(bytes) }
    var writer = JSONWriter()
    set(path[...], value, in: base.root, &writer)
    return writer.bytes
  }

  private static func set(
    _ path: ArraySlice<String>, _ value: [UInt8], in node: JSONNode?, _ writer: inout JSONWriter
  ) {
    guard let name = path.first else { return writer.raw(value) }
    writer.beginObject()
    var isSet = false
    if let node {
      for (key, member) in node.members {
        writer.key(key)
        if key == name {
          set(path.dropFirst(), value, in: member, &writer)
          isSet = true
        } else {
          writer.node(member)
        }
      }
    }
    if !isSet {
      writer.key(name)
      set(path.dropFirst(), value, in: nil, &writer)
    }
    writer.endObject()
  }

  private func relationshipChange(
    _ mapped: MappedRelationship, _ id: String, from source: String, _ row: TableRow, _ place: String,
    _ report: inout MappedReport
  ) throws(NuriError) -> Change? {
    guard case .json(let json) = reader.evaluate(mapped.target, row) else { return nil }
    try document.parse(json.span.bytes)
    guard let target = document.root.string else {
      throw NuriError(.invalidMapping, "The target of \"\(mapped.name)\" is no twin id.")
    }
    var properties: [UInt8] = []
    for property in mapped.properties {
      switch reader.evaluate(property.value, row) {
      case .empty: continue
      case .unusable(let reason): report.note("\(place): \(reason).")
      case .json(let value):
        properties = try Self.set(property.path, value, in: properties.isEmpty ? nil : .json(properties))
      }
    }
    if let from = graph.twin(source), let existing = graph.relationship(from, id),
      graph.name(of: existing) == mapped.name, graph.id(of: graph.target(of: existing)) == target,
      graph.properties(of: existing) == properties
    {
      return nil
    }
    return .putRelationship(
      source: source, id: id, name: mapped.name, target: target, properties: properties)
  }
}
