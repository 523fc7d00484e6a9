public import TwinEngine
import TwinGraph
import TwinModels
import TwinValues

extension TileIndex {
  /// The index as JSON (docs/tiles.md), of the state it was made for.
  public func json(of state: Snapshot) -> [UInt8] {
    var writer = JSONWriter(reserving: 4096 + 128 * layers.reduce(0) { $0 + $1.tiles.count })
    writer.beginObject()
    writer.key("sequence")
    writer.unsigned(state.sequence)
    writer.key("recorded")
    writer.string(state.recorded.description)
    writer.key("origin")
    writer.beginObject()
    writer.key("lon")
    writer.double(origin.longitude)
    writer.key("lat")
    writer.double(origin.latitude)
    writer.endObject()
    writer.key("cell")
    writer.integer(Int64(TileLimits.cellMetres))
    writer.key("layers")
    writer.beginArray()
    for layer in layers where !layer.tiles.isEmpty {
      guard let table = state.graph.table(ofModel: layer.model) else { continue }
      layer.write(to: &writer, state.graph.layout(table: table), state.graph.models)
    }
    writer.endArray()
    writer.endObject()
    return writer.bytes
  }
}

extension TileLayer {
  fileprivate func write(to writer: inout JSONWriter, _ layout: TableLayout, _ models: ModelSet) {
    writer.beginObject()
    writer.key("model")
    writer.string(model)
    writer.names("displayName", layout.interface?.displayName)
    writer.key("kind")
    writer.string(kind.name)
    writer.key("count")
    writer.integer(Int64(count))
    writer.key("properties")
    writer.beginArray()
    for field in layout.fields where field.kind.isNumber {
      writer.property(field, field.definition(layout, models))
    }
    writer.endArray()
    writer.key("tiles")
    writer.beginArray()
    for tile in tiles { tile.write(to: &writer) }
    writer.endArray()
    writer.endObject()
  }
}

extension Tile {
  fileprivate func write(to writer: inout JSONWriter) {
    writer.beginObject()
    for (name, number) in [("x", x), ("y", y)] {
      writer.key(name)
      writer.integer(Int64(number))
    }
    writer.key("hash")
    writer.string(hash)
    for (name, number) in [("count", count), ("bytes", bytes)] {
      writer.key(name)
      writer.integer(Int64(number))
    }
    for (name, number) in [("low", low), ("high", high)] {
      writer.key(name)
      writer.double(number)
    }
    writer.endObject()
  }
}

extension TableLayout.Field {
  /// What the model says of the property.
  fileprivate func definition(_ layout: TableLayout, _ models: ModelSet) -> PropertyDefinition? {
    guard let component else { return layout.interface?.property(name) }
    let id = layout.interface?.component(component)?.interface
    return id.flatMap { models[$0] }?.property(name)
  }
}

extension JSONWriter {
  fileprivate mutating func names(_ key: String, _ names: LanguageMap?) {
    guard let names, !names.isEmpty else { return }
    self.key(key)
    beginObject()
    for (language, text) in names.texts {
      self.key(language)
      string(text)
    }
    endObject()
  }

  fileprivate mutating func property(_ field: TableLayout.Field, _ definition: PropertyDefinition?) {
    beginObject()
    key("path")
    string(field.path)
    names("displayName", definition?.displayName)
    if let unit = definition?.unit {
      key("unit")
      string(unit)
    }
    key("schema")
    string(field.schema?.displayName ?? "double")
    endObject()
  }
}
