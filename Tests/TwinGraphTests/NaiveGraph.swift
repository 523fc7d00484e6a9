import TwinGraph
import TwinModels
import TwinValues

/// The graph as anyone would write it first: dictionaries. The oracle for `Graph`.
struct NaiveGraph: Equatable {
  struct Twin: Equatable {
    var model: String
    var values: [String: Value] = [:]
    /// When each value was last written.
    var times: [String: Int64] = [:]
    var sequence: UInt64
    var time: Int64
  }

  struct Link: Hashable {
    let source: String
    let id: String
  }

  struct Relationship: Equatable {
    var name: String
    var target: String
    var properties: [UInt8]
    var sequence: UInt64
  }

  var twins: [String: Twin] = [:]
  var links: [Link: Relationship] = [:]
  /// The last change of each twin there ever was, and of its relationships.
  var lastOfTwin: [String: UInt64] = [:]
  var lastOfLinks: [String: UInt64] = [:]
  var decommissioned: Set<String> = []

  /// Applies a change; returns the previous change's sequence.
  /// - Throws: `Refusal` with the code the graph must give; then nothing changed.
  mutating func apply(_ change: Change, _ stamp: Stamp) throws -> UInt64 {
    switch change {
    case .putTwin(let id, let model, let properties): return try put(id, model, properties, stamp)
    case .patchTwin(let id, let edits): return try patch(id, edits, stamp)
    case .deleteTwin(let id):
      guard let twin = twins[id] else { throw Refusal(.twinNotFound) }
      guard links.allSatisfy({ $0.key.source != id && $0.value.target != id }) else {
        throw Refusal(.relationshipsNotDeleted)
      }
      twins[id] = nil
      lastOfTwin[id] = stamp.sequence
      return twin.sequence
    case .putRelationship(let source, let id, let name, let target, let properties):
      return try link(Link(source: source, id: id), name, target, properties, stamp)
    case .deleteRelationship(let source, let id):
      guard twins[source] != nil else { throw Refusal(.twinNotFound) }
      guard links.removeValue(forKey: Link(source: source, id: id)) != nil else {
        throw Refusal(.relationshipNotFound)
      }
      defer { lastOfLinks[source] = stamp.sequence }
      return lastOfLinks[source] ?? 0
    case .decommissionModel(let id, let isOut):
      if isOut { decommissioned.insert(id) } else { decommissioned.remove(id) }
      return 0
    case .telemetry(let twin, _, _):
      guard twins[twin] != nil else { throw Refusal(.twinNotFound) }
      return 0
    default: return 0
    }
  }

  /// Whether a model declares a relationship to a twin of another; a twin that changed its model may be left with
  /// some that it would not be given now.
  func isDeclared(_ source: String, _ name: String, _ target: String) -> Bool {
    guard let from = twins[source]?.model, let to = twins[target]?.model else { return false }
    return switch name {
    case "feeds", "guards": from != Models.part
    case "holds": from != Models.part && to == Models.part
    case "fits": from == Models.part && to != Models.part
    default: false
    }
  }

  private mutating func put(
    _ id: String, _ model: String, _ properties: [PropertyEdit], _ stamp: Stamp
  ) throws -> UInt64 {
    if id.isEmpty || id.contains(" ") { throw Refusal(.invalidId) }
    guard [Models.machine, Models.special, Models.part].contains(model) else { throw Refusal(.modelNotFound) }
    if decommissioned.contains(model), twins[id]?.model != model { throw Refusal(.modelDecommissioned) }
    var twin = Twin(model: model, sequence: stamp.sequence, time: stamp.milliseconds)
    try twin.take(properties, stamp)
    let previous = lastOfTwin[id] ?? 0
    twins[id] = twin
    lastOfTwin[id] = stamp.sequence
    return previous
  }

  private mutating func patch(_ id: String, _ edits: [PropertyEdit], _ stamp: Stamp) throws -> UInt64 {
    guard var twin = twins[id] else { throw Refusal(.twinNotFound) }
    try twin.take(edits, stamp)
    let previous = twin.sequence
    twin.sequence = stamp.sequence
    twin.time = stamp.milliseconds
    twins[id] = twin
    lastOfTwin[id] = stamp.sequence
    return previous
  }

  private mutating func link(
    _ link: Link, _ name: String, _ target: String, _ properties: [UInt8], _ stamp: Stamp
  ) throws -> UInt64 {
    guard twins[link.source] != nil, twins[target] != nil else { throw Refusal(.twinNotFound) }
    let others = links.count { $0.key.source == link.source && $0.value.name == name && $0.key != link }
    guard isDeclared(link.source, name, target), name != "guards" || others < 2 else {
      throw Refusal(.relationshipNotDeclared)
    }
    guard name == "feeds" || properties.isEmpty else { throw Refusal(.propertyNotDeclared) }
    links[link] = Relationship(name: name, target: target, properties: properties, sequence: stamp.sequence)
    defer { lastOfLinks[link.source] = stamp.sequence }
    return lastOfLinks[link.source] ?? 0
  }
}

/// That, and how, the oracle refuses a change.
struct Refusal: Error {
  let code: NuriError.Code
  init(_ code: NuriError.Code) { self.code = code }
}

extension NaiveGraph.Twin {
  fileprivate mutating func take(_ edits: [PropertyEdit], _ stamp: Stamp) throws {
    for edit in edits {
      guard Models.paths(model).contains(edit.path) else { throw Refusal(.propertyNotDeclared) }
      if let value = edit.value, !Models.accepts(edit.path, value) { throw Refusal(.invalidValue) }
    }
    for edit in edits {
      values[edit.path] = edit.value.map { edit.path == "number" ? $0.folded : $0 }
      times[edit.path] = edit.value == nil ? nil : stamp.milliseconds
    }
  }
}

extension Value {
  /// The one way to say an integer: `unsigned` only past `Int64.max`.
  fileprivate var folded: Value {
    if case .unsigned(let number) = self, let small = Int64(exactly: number) { return .integer(small) }
    return self
  }
}

extension NaiveGraph {
  /// The same, read out of a graph by every way there is; they must agree with one another.
  init(_ graph: Graph) throws {
    for slot in 0..<graph.twinSlots {
      guard let ref = graph.twin(slot: slot) else { continue }
      let id = graph.id(of: ref)
      guard graph.twin(id) == ref else { throw Unexpected("\(id) is not found by its id") }
      var twin = Twin(
        model: graph.model(of: ref), sequence: graph.sequence(of: ref),
        time: graph.updated(ref).microseconds / 1000)
      for (column, field) in graph.layout(of: ref).fields.enumerated() {
        twin.values[field.path] = graph.value(ref, column: column)
        twin.times[field.path] = graph.updated(ref, column: column).map { $0.microseconds / 1000 }
      }
      twins[id] = twin
      try readLinks(of: ref, id, graph)
    }
    guard graph.twinCount == twins.count, graph.relationshipCount == links.count else {
      throw Unexpected(
        "counts \(graph.twinCount), \(graph.relationshipCount), not \(twins.count), \(links.count)")
    }
    var seen = 0
    graph.forEachRelationship { _ in
      seen += 1
      return true
    }
    guard seen == links.count else {
      throw Unexpected("\(seen) relationships by slot, \(links.count) by twin")
    }
    try Self.checkTables(graph)
  }

  private mutating func readLinks(of ref: TwinRef, _ id: String, _ graph: Graph) throws {
    var outgoing = 0
    for relationship in graph.outgoing(ref) {
      outgoing += 1
      let link = Link(source: id, id: graph.id(of: relationship))
      guard graph.source(of: relationship) == ref, graph.relationship(ref, link.id) == relationship else {
        throw Unexpected("\(link) is not found by its id")
      }
      let target = graph.target(of: relationship)
      guard graph.incoming(target).contains(relationship) else {
        throw Unexpected("\(link) does not arrive at its target")
      }
      links[link] = Relationship(
        name: graph.name(of: relationship), target: graph.id(of: target),
        properties: graph.properties(of: relationship), sequence: graph.sequence(of: relationship))
    }
    let incoming = graph.incoming(ref).reduce(into: 0) { count, _ in count += 1 }
    guard graph.degree(of: ref) == (outgoing, incoming) else {
      throw Unexpected("\(id) counts \(graph.degree(of: ref)) relationships, not \((outgoing, incoming))")
    }
  }

  private static func checkTables(_ graph: Graph) throws {
    for table in 0..<graph.tableCount {
      var occupied = 0
      try graph.forEachPage(table: table) { page in
        occupied += page.occupied.0.nonzeroBitCount + page.occupied.1.nonzeroBitCount
        for (row, twin) in page.twins.enumerated() where twin != .max {
          let ref = graph.twin(number: twin)
          guard graph.table(of: ref) == table, graph.row(of: ref) == page.firstRow + row else {
            throw Unexpected("twin \(twin) is not in the row that says so")
          }
        }
        return true
      }
      guard occupied == graph.twinCount(table: table) else {
        throw Unexpected("table \(table) counts \(graph.twinCount(table: table)), has \(occupied)")
      }
    }
  }

  /// Why a graph is not what it should be; `nil` when it is.
  func difference(from graph: Graph) -> String? {
    let found: NaiveGraph
    do { found = try NaiveGraph(graph) } catch { return "\(error)" }
    for id in Set(twins.keys).union(found.twins.keys) where twins[id] != found.twins[id] {
      return "\(id): \(String(describing: found.twins[id])) instead of \(String(describing: twins[id]))"
    }
    for link in Set(links.keys).union(found.links.keys) where links[link] != found.links[link] {
      return "\(link): \(String(describing: found.links[link])) instead of \(String(describing: links[link]))"
    }
    for (id, last) in lastOfTwin
    where graph.lastSequences(ofTwin: id) != (last, lastOfLinks[id] ?? 0) {
      return "\(id) last changed at \(graph.lastSequences(ofTwin: id)), not \((last, lastOfLinks[id] ?? 0))"
    }
    return nil
  }
}
