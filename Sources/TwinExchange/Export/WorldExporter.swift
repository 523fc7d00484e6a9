public import TwinEngine
import TwinGraph
import TwinModels
public import TwinValues

/// Writes a world to files: as the import format, which reads back to the same world, or as GeoJSON.
public struct WorldExporter: Sendable {
  let graph: Graph

  /// An exporter of a world as of an instant.
  public init(_ snapshot: Snapshot) { graph = snapshot.graph }

  /// Writes models, twins and relationships in the Azure Digital Twins import format; packed when the name
  /// ends in `.zst`. Calls `progress` now and then.
  /// - Throws: `NuriError` when the file can't be written.
  @discardableResult
  public func writeNDJSON(to path: String, progress: (ExchangeProgress) -> Void = { _ in }) throws(NuriError)
    -> ExchangeProgress
  {
    let file = try OutputFile(path)
    var writer = JSONWriter(reserving: ExchangeLimits.blockBytes * 2)
    var state = ExchangeProgress()
    ImportFormat.writeMark(.header, into: &writer)
    ImportFormat.writeHeader(into: &writer)

    ImportFormat.writeMark(.models, into: &writer)
    for id in graph.models.ids.sorted(by: { $0.description < $1.description }) {
      guard let model = graph.models[id] else { continue }
      writer.raw(model.source.onOneLine)
      writer.newline()
      state.records += 1
      if writer.bytes.count >= ExchangeLimits.blockBytes { try flush(&writer, file, &state, progress) }
    }
    ImportFormat.writeMark(.twins, into: &writer)
    for slot in 0..<graph.twinSlots {
      guard let twin = graph.twin(slot: slot) else { continue }
      graph.writePlainTwin(twin, into: &writer)
      writer.newline()
      state.records += 1
      if writer.bytes.count >= ExchangeLimits.blockBytes { try flush(&writer, file, &state, progress) }
    }
    ImportFormat.writeMark(.relationships, into: &writer)
    for slot in 0..<graph.relationshipSlots {
      guard let relationship = graph.relationship(slot: slot) else { continue }
      graph.writePlainRelationship(relationship, into: &writer)
      writer.newline()
      state.records += 1
      if writer.bytes.count >= ExchangeLimits.blockBytes { try flush(&writer, file, &state, progress) }
    }
    try flush(&writer, file, &state, progress)
    try file.finish()
    return state
  }

  private func flush(
    _ writer: inout JSONWriter, _ file: OutputFile, _ state: inout ExchangeProgress,
    _ progress: (ExchangeProgress) -> Void
  ) throws(NuriError) {
    try file.write(writer.bytes)
    writer.reset()
    state.bytes = file.bytesTaken
    progress(state)
  }
}

/// Twins and relationships without what only this world knows: ETags and update times.
extension Graph {
  func writePlainTwin(_ twin: TwinRef, into writer: inout JSONWriter) {
    let layout = layout(of: twin)
    writer.beginObject()
    writer.key("$dtId")
    writer.string(id(of: twin))
    writer.key("$metadata")
    writer.beginObject()
    writer.key("$model")
    writer.string(layout.model)
    writer.endObject()
    writeValues(twin, layout, component: nil, into: &writer)
    for component in layout.components {
      writer.key(component)
      writer.beginObject()
      writer.key("$metadata")
      writer.beginObject()
      writer.endObject()
      writeValues(twin, layout, component: component, into: &writer)
      writer.endObject()
    }
    writer.endObject()
  }

  private func writeValues(
    _ twin: TwinRef, _ layout: TableLayout, component: String?, into writer: inout JSONWriter
  ) {
    for (column, field) in layout.fields.enumerated() where field.component == component {
      guard let value = value(twin, column: column) else { continue }
      writer.key(field.name)
      writer.value(value)
    }
  }

  func writePlainRelationship(_ relationship: RelationshipRef, into writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("$sourceId")
    writer.string(id(of: source(of: relationship)))
    writer.key("$relationshipId")
    writer.string(id(of: relationship))
    writer.key("$targetId")
    writer.string(id(of: target(of: relationship)))
    writer.key("$relationshipName")
    writer.string(name(of: relationship))
    writer.splice(members: properties(of: relationship))
    writer.endObject()
  }
}
