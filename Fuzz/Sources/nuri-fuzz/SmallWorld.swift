import TwinGraph
import TwinValues

/// A world that inputs can do something to, and a reader that looks at everything.
enum SmallWorld {
  static let model = """
    {"@context": "dtmi:dtdl:context;4", "@id": "dtmi:f:A;1", "@type": "Interface", "contents": [
      {"@type": "Property", "name": "d", "schema": "double"},
      {"@type": "Property", "name": "i", "schema": "integer"},
      {"@type": "Property", "name": "u", "schema": "unsignedLong"},
      {"@type": "Property", "name": "b", "schema": "boolean"},
      {"@type": "Property", "name": "s", "schema": "string"},
      {"@type": "Property", "name": "e", "schema": {"@type": "Enum", "valueSchema": "string", "enumValues": [
        {"name": "x", "enumValue": "x"}, {"name": "y", "enumValue": "y"}]}},
      {"@type": "Property", "name": "m", "schema": {"@type": "Map",
        "mapKey": {"name": "k", "schema": "string"}, "mapValue": {"name": "v", "schema": "double"}}},
      {"@type": "Relationship", "name": "r", "properties": [
        {"@type": "Property", "name": "p", "schema": "double"}]}]}
    """

  static let changes: [Change] = {
    var list: [Change] = [.addModels([Array(model.utf8)])]
    for id in ["a", "b", "c", "한"] {
      list.append(
        .putTwin(
          id: id, model: "dtmi:f:A;1",
          properties: [
            PropertyEdit("d", .double(1.5)), PropertyEdit("i", .integer(-3)),
            PropertyEdit("u", .unsigned(.max)),
            PropertyEdit("b", .bool(true)), PropertyEdit("s", .string("text")),
            PropertyEdit("e", .string("y")),
            PropertyEdit("m", .json(Array(#"{"k":1}"#.utf8))),
          ]))
    }
    for number in 0..<40 {
      list.append(
        .putRelationship(
          source: "a", id: "r\(number)", name: "r", target: ["a", "b", "한"][number % 3],
          properties: number % 2 == 0 ? [] : Array(#"{"p":1}"#.utf8)))
    }
    list += [
      .deleteRelationship(source: "a", id: "r7"), .deleteTwin(id: "c"),
      .patchTwin(id: "b", edits: [PropertyEdit("s", nil), PropertyEdit("d", .double(2))]),
      .telemetry(twin: "a", component: nil, payload: Array("{}".utf8)),
      .putRecord(Record(.key, "k", Array(#"{"label":"x"}"#.utf8))),
    ]
    return list
  }()

  static let graph: Graph = {
    var graph = Graph()
    for (number, change) in changes.enumerated() {
      _ = try? graph.apply(change, Stamp(sequence: UInt64(number + 1), milliseconds: Int64(number) << 20))
    }
    return graph
  }()

  /// Writes everything as JSON, which must read as JSON where every value went through `apply`: an archive's values
  /// are only as good as its checksums.
  static func exercise(_ graph: Graph, isChecked: Bool = true) {
    var writer = JSONWriter()
    writer.beginArray()
    for slot in 0..<graph.twinSlots {
      guard let twin = graph.twin(slot: slot) else { continue }
      graph.writeTwin(twin, into: &writer)
      for relationship in graph.incoming(twin) { graph.writeRelationship(relationship, into: &writer) }
    }
    writer.endArray()
    guard isChecked else { return }
    let limits = JSONLimits(maximumDepth: 200, rejectsDuplicateKeys: false)
    Feed.promise((try? JSONDocument(writer.bytes, limits: limits)) != nil, "a world's JSON is none")
  }
}

/// A graph's sections in one run of bytes: each a length of four bytes and the section.
enum Sections {
  private final class Cursor {
    let bytes: ArraySlice<UInt8>
    var at: Int
    init(_ bytes: ArraySlice<UInt8>) {
      self.bytes = bytes
      at = bytes.startIndex
    }

    func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(NuriError) {
      guard bytes.endIndex - at >= buffer.count else { throw NuriError(.undecodableCheckpoint, "cut") }
      buffer.copyBytes(from: bytes[at..<at + buffer.count])
      at += buffer.count
    }
  }

  private final class Sink {
    var bytes: [UInt8] = []
  }

  static func bytes(of graph: Graph) throws(NuriError) -> [UInt8] {
    var all: [UInt8] = []
    for section in GraphArchive.sections(of: graph) {
      let sink = Sink()
      try GraphArchive.write(section, of: graph) { raw in sink.bytes.append(contentsOf: raw) }
      for shift in 0..<4 { all.append(UInt8(truncatingIfNeeded: sink.bytes.count >> (8 * shift))) }
      all += sink.bytes
    }
    return all
  }

  static func read(_ bytes: [UInt8]) throws(NuriError) -> Graph {
    var at = 0
    return try GraphArchive.read { (_) throws(NuriError) in
      guard at + 4 <= bytes.count else { throw NuriError(.undecodableCheckpoint, "cut") }
      let count = (0..<4).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) }
      at += 4
      let end = min(bytes.count, at + count)
      let cursor = Cursor(bytes[at..<end])
      at = end
      return { (buffer) throws(NuriError) in try cursor.fill(buffer) }
    }
  }
}
