import Testing
import TwinEngine
import TwinGraph
import TwinQuery
import TwinValues

extension QueryPage {
  var sortedRows: [String] { rows.map { String(decoding: bytes[$0], as: UTF8.self) }.sorted() }
}

extension PlainState {
  /// A graph that holds this and nothing else.
  func graph() throws -> Graph {
    var graph = Graph()
    var sequence: UInt64 = 0
    func apply(_ change: Change) throws {
      sequence += 1
      try graph.apply(change, Stamp(sequence: sequence, milliseconds: 0))
    }
    try apply(.addModels(PolicyWorld.models.map { Array($0.utf8) }))
    for (id, model) in models.sorted(by: { $0.key < $1.key }) {
      let edits = (values[id] ?? [:]).map { PropertyEdit($0.key, $0.value) }
      try apply(.putTwin(id: id, model: model, properties: edits))
    }
    for link in links {
      try apply(
        .putRelationship(
          source: link.source, id: link.id, name: link.name, target: link.target, properties: []))
    }
    return graph
  }
}

/// Every public way to read a graph, against what should be seen of it. A new accessor belongs here.
struct Surfaces {
  let graph: Graph
  let expected: PlainState

  init(_ graph: Graph, _ expected: PlainState) {
    self.graph = graph
    self.expected = expected
  }

  func check(_ place: String) throws {
    #expect(PlainState(graph) == expected, "\(place)")
    byId(place)
    pages(place)
    relationships(place)
    try json(place)
    if graph.isFiltered {
      #expect(graph.worlds.isEmpty && graph.records.isEmpty && graph.nextWorldNumber == 1)
      #expect(graph.records(.key).all.isEmpty)
      #expect(throws: NuriError.self) { try GraphArchive.write("twins", of: graph) { _ in } }
    }
  }

  private func byId(_ place: String) {
    #expect(graph.twinCount == expected.models.count, "\(place)")
    for id in PolicyWorld.ids {
      guard let model = expected.models[id] else {
        #expect(graph.twin(id) == nil, "\(place) \(id)")
        if graph.isFiltered {
          #expect(graph.twinEver(id) == nil && graph.lastSequences(ofTwin: id) == (0, 0))
        }
        continue
      }
      guard let twin = graph.twin(id) else {
        Issue.record("\(place): \(id) is missing")
        continue
      }
      #expect(graph.model(of: twin) == model && graph.twinEver(id) == twin)
      #expect(graph.withId(of: twin) { String(decoding: $0, as: UTF8.self) } == id)
      #expect(
        graph.sequence(of: twin) > 0 && graph.lastSequences(ofTwin: id).twin == graph.sequence(of: twin))
      for (column, field) in graph.layout(of: twin).fields.enumerated() {
        let value = expected.values[id]?[field.path]
        #expect(graph.value(twin, field.path) == value && graph.value(twin, column: column) == value)
        #expect((graph.updated(twin, column: column) != nil) == (value != nil))
      }
      let links = expected.links
      #expect(graph.degree(of: twin).outgoing == links.count { $0.source == id })
      #expect(graph.degree(of: twin).incoming == links.count { $0.target == id })
      for link in links where link.source == id { #expect(graph.relationship(twin, link.id) != nil) }
      for number in 0..<3 where !links.contains(where: { $0.source == id && $0.id == "r\(number)" }) {
        #expect(graph.relationship(twin, "r\(number)") == nil)
      }
    }
  }

  private func pages(_ place: String) {
    var found: [String: [String: Bool]] = [:]
    var count = 0
    for table in 0..<graph.tableCount {
      count += graph.twinCount(table: table)
      let fields = graph.layout(table: table).fields
      graph.forEachPage(table: table) { page in
        for row in 0..<page.twins.count {
          let isThere =
            (row < 64 ? page.occupied.0 >> UInt64(row) : page.occupied.1 >> UInt64(row - 64)) & 1 != 0
          #expect(isThere == (page.twins[row] != .max), "\(place)")
          var present: [String: Bool] = [:]
          for column in fields.indices {
            let bits = page.presence(column)
            let hasValue = (row < 64 ? bits.0 >> UInt64(row) : bits.1 >> UInt64(row - 64)) & 1 != 0
            if hasValue { present[fields[column].path] = true }
            if fields[column].kind == .text, !hasValue {
              #expect((page.withBytes(column, row) { $0.count } ?? 0) == 0)
            }
            #expect(isThere || !hasValue)
          }
          guard isThere else { continue }
          let ordinal = graph.ordinal(ofRow: page.firstRow + row, table: table)
          #expect(graph.row(ofOrdinal: ordinal, table: table) == page.firstRow + row)
          found[graph.id(of: graph.twin(number: page.twins[row]))] = present
        }
        return true
      }
    }
    #expect(found == expected.values.mapValues { $0.mapValues { _ in true } }, "\(place)")
    #expect(count == expected.models.count)
    #expect(graph.occupiedTableCount == Set(expected.models.values).count)
  }

  private func relationships(_ place: String) {
    var found: Set<PlainState.Link> = []
    var incoming: Set<PlainState.Link> = []
    func link(_ relationship: RelationshipRef) -> PlainState.Link {
      let all = graph.describe(relationship)
      return PlainState.Link(source: all.source, id: all.id, name: all.name, target: all.target)
    }
    graph.forEachRelationship {
      found.insert(link($0))
      return true
    }
    for slot in 0..<graph.relationshipSlots {
      if let relationship = graph.relationship(slot: slot) { #expect(found.contains(link(relationship))) }
    }
    for id in expected.models.keys {
      guard let twin = graph.twin(id) else { continue }
      for relationship in graph.incoming(twin) { incoming.insert(link(relationship)) }
    }
    #expect(found == expected.links && incoming == expected.links, "\(place)")
    #expect(graph.relationshipCount == expected.links.count, "\(place)")
  }

  private func json(_ place: String) throws {
    for (id, values) in expected.values {
      guard let twin = graph.twin(id) else { continue }
      var writer = JSONWriter()
      graph.writeTwin(twin, into: &writer)
      let root = try JSONDocument(writer.bytes).root
      var paths: Set<String> = []
      var timed: Set<String> = []
      for (key, node) in root.members where !key.hasPrefix("$") {
        guard graph.layout(of: twin).components.contains(key) else {
          paths.insert(key)
          continue
        }
        for (inner, _) in node.members where !inner.hasPrefix("$") { paths.insert("\(key).\(inner)") }
        for (inner, _) in node["$metadata"]?.members.filter({ !$0.key.hasPrefix("$") }) ?? [] {
          timed.insert("\(key).\(inner)")
        }
        var component = JSONWriter()
        #expect(graph.writeComponent(key, of: twin, into: &component) && graph.shows(twin, key))
      }
      for (key, _) in root["$metadata"]?.members.filter({ !$0.key.hasPrefix("$") }) ?? [] {
        timed.insert(key)
      }
      #expect(paths == Set(values.keys) && timed == paths, "\(place) \(id)")
      #expect(root["$metadata"]?["$model"]?.string == expected.models[id])
    }
  }
}
