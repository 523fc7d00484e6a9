import TwinEngine
import TwinGraph
import TwinStorm
import TwinValues

/// A policy as the oracle knows it.
struct TestRule {
  var order: Int
  var allows: Bool
  var actions: [String]?
  var groups: [String]?
  var worlds: [String]?
  var models: [String]?
  var twins: [String]?
  var within: (twin: String, names: [String]?, hops: Int, direction: String)?
  var paths: [String]?

  var json: [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("id")
    writer.string("rule-\(order)")
    writer.key("order")
    writer.integer(Int64(order))
    writer.key("effect")
    writer.string(allows ? "allow" : "deny")
    func list(_ name: String, _ texts: [String]?) {
      guard let texts else { return }
      writer.key(name)
      writer.beginArray()
      for text in texts { writer.string(text) }
      writer.endArray()
    }
    list("actions", actions)
    if let groups {
      writer.key("principals")
      writer.beginObject()
      list("groups", groups)
      writer.endObject()
    }
    list("worlds", worlds)
    list("models", models)
    list("twins", twins)
    list("paths", paths)
    if let within {
      writer.key("within")
      writer.beginObject()
      writer.key("twin")
      writer.string(within.twin)
      writer.key("hops")
      writer.integer(Int64(within.hops))
      writer.key("direction")
      writer.string(within.direction)
      list("relationships", within.names)
      writer.endObject()
    }
    writer.endObject()
    return writer.bytes
  }
}

/// A world's state in plain collections.
struct PlainState: Equatable {
  struct Link: Hashable {
    var source: String
    var id: String
    var name: String
    var target: String
  }
  var models: [String: String] = [:]
  var values: [String: [String: Value]] = [:]
  var links: Set<Link> = []

  init() {}

  init(_ graph: Graph) {
    for slot in 0..<graph.twinSlots {
      guard let twin = graph.twin(slot: slot) else { continue }
      let id = graph.id(of: twin)
      models[id] = graph.model(of: twin)
      var all: [String: Value] = [:]
      for (column, field) in graph.layout(of: twin).fields.enumerated() {
        if let value = graph.value(twin, column: column) { all[field.path] = value }
      }
      values[id] = all
      for relationship in graph.outgoing(twin) {
        let link = graph.describe(relationship)
        links.insert(Link(source: link.source, id: link.id, name: link.name, target: link.target))
      }
    }
  }
}

/// Decides everything the slow way, from the text of docs/access.md alone.
struct PolicyOracle {
  var rules: [TestRule]
  let group: String

  static let parents = ["dtmi:t:Sub;1": ["dtmi:t:Base;1"]]

  private func fits(_ patterns: [String]?, _ text: String) -> Bool {
    patterns?.contains { Self.fits($0[...], text[...]) } ?? true
  }

  private static func fits(_ pattern: Substring, _ text: Substring) -> Bool {
    guard let first = pattern.first else { return text.isEmpty }
    if first == "*" {
      return fits(pattern.dropFirst(), text) || (!text.isEmpty && fits(pattern, text.dropFirst()))
    }
    return text.first == first && fits(pattern.dropFirst(), text.dropFirst())
  }

  static func members(
    _ state: PlainState, _ within: (twin: String, names: [String]?, hops: Int, direction: String)
  ) -> Set<String> {
    guard state.models[within.twin] != nil else { return [] }
    var found: Set = [within.twin]
    for _ in 0..<within.hops {
      var next = found
      for link in state.links where within.names?.contains(link.name) ?? true {
        if within.direction != "incoming", found.contains(link.source) { next.insert(link.target) }
        if within.direction != "outgoing", found.contains(link.target) { next.insert(link.source) }
      }
      found = next
    }
    return found
  }

  private func speaks(_ rule: TestRule, _ path: String?) -> Bool {
    guard let paths = rule.paths else { return true }
    guard let path else { return false }
    return paths.contains {
      Self.fits($0[...], path[...]) || Self.fits($0[...], path.prefix { $0 != "." })
        || (!rule.allows && $0.hasPrefix(path + "."))
    }
  }

  /// Whether the rules of a world show a twin of a state, or a path of it.
  func allows(_ action: String, _ id: String, _ path: String?, _ state: PlainState, _ world: String) -> Bool {
    guard let model = state.models[id] else { return false }
    for rule in rules.sorted(by: { $0.order < $1.order }) {
      guard rule.actions?.contains(action) ?? true, rule.groups?.contains(group) ?? true,
        fits(rule.worlds, world),
        fits(rule.twins, id), speaks(rule, path)
      else { continue }
      let lineage = [model] + (Self.parents[model] ?? [])
      if let models = rule.models, !models.contains(where: lineage.contains) { continue }
      if let within = rule.within, !Self.members(state, within).contains(id) { continue }
      return rule.allows
    }
    return true
  }

  /// A state, the world whose rules hold for it, and the presents it is held against.
  struct Place {
    var state: PlainState
    var world: String
    var bounds: [(state: PlainState, world: String)] = []
  }

  func sees(_ id: String, _ path: String? = nil, in place: Place) -> Bool {
    for path in path.map({ [nil, $0] }) ?? [nil] {
      guard allows("read", id, path, place.state, place.world) else { return false }
      for bound in place.bounds where bound.state.models[id] != nil {
        guard allows("read", id, path, bound.state, bound.world) else { return false }
      }
    }
    return true
  }

  func sees(_ link: PlainState.Link, in place: Place) -> Bool {
    sees(link.source, link.name, in: place) && sees(link.target, in: place)
  }

  func view(_ place: Place) -> PlainState {
    var view = PlainState()
    for (id, model) in place.state.models where sees(id, in: place) {
      view.models[id] = model
      view.values[id] = (place.state.values[id] ?? [:]).filter { sees(id, $0.key, in: place) }
    }
    view.links = place.state.links.filter { sees($0, in: place) }
    return view
  }
}

/// A city of random twins, and policies about them.
struct PolicyWorld {
  static let models = [
    """
    {"@context":"dtmi:dtdl:context;3","@id":"dtmi:t:Base;1","@type":"Interface","contents":[
    {"@type":"Property","name":"a","schema":"double"},{"@type":"Property","name":"b","schema":"string"},
    {"@type":"Component","name":"part","schema":"dtmi:t:Part;1"},
    {"@type":"Relationship","name":"contains"},{"@type":"Relationship","name":"feeds"}]}
    """,
    #"{"@context":"dtmi:dtdl:context;3","@id":"dtmi:t:Part;1","@type":"Interface","contents":[{"@type":"Property","name":"s","schema":"string"},{"@type":"Property","name":"n","schema":"integer"}]}"#,
    #"{"@context":"dtmi:dtdl:context;3","@id":"dtmi:t:Sub;1","@type":"Interface","extends":"dtmi:t:Base;1","contents":[{"@type":"Property","name":"c","schema":"boolean"}]}"#,
    #"{"@context":"dtmi:dtdl:context;3","@id":"dtmi:t:Other;1","@type":"Interface","contents":[{"@type":"Property","name":"b","schema":"string"},{"@type":"Property","name":"x","schema":{"@type":"Object","fields":[{"name":"y","schema":"integer"}]}},{"@type":"Relationship","name":"contains"},{"@type":"Relationship","name":"links"}]}"#,
  ]
  static let instances = ["dtmi:t:Base;1", "dtmi:t:Sub;1", "dtmi:t:Other;1"]
  static let paths = [
    "dtmi:t:Base;1": ["a", "b", "part.s", "part.n"], "dtmi:t:Sub;1": ["a", "b", "c", "part.s", "part.n"],
    "dtmi:t:Other;1": ["b", "x"],
  ]
  static let ids = (0..<14).map { "\(["bldg", "room", "pump"][$0 % 3])-\($0)" }

  var seed: Seed

  init(_ number: UInt64) { seed = Seed(number) }

  mutating func pick<T>(_ list: [T]) -> T { list[seed.below(list.count)] }

  private mutating func value(_ path: String) -> Value {
    switch path {
    case "a": .double(Double(seed.below(8)))
    case "c": .bool(seed.chance(1, in: 2))
    case "part.n": .integer(Int64(seed.below(5)))
    case "x": .json(Array(#"{"y":\#(seed.below(5))}"#.utf8))
    default: .string(["u", "v", "w"][seed.below(3)])
    }
  }

  private mutating func edits(_ model: String) -> [PropertyEdit] {
    var known: Set<String> = []
    return (0..<(1 + seed.below(3))).compactMap { _ in
      let path = pick(Self.paths[model] ?? [])
      return known.insert(path).inserted ? PropertyEdit(path, value(path)) : nil
    }
  }

  mutating func change(_ state: PlainState) -> Change {
    let id = pick(Self.ids)
    guard let model = state.models[id], !seed.chance(1, in: 7) else {
      let model = state.links.contains { $0.source == id } ? state.models[id] ?? "" : pick(Self.instances)
      return .putTwin(id: id, model: model, properties: edits(model))
    }
    switch seed.below(10) {
    case 0..<4: return .patchTwin(id: id, edits: edits(model))
    case 4..<8:
      let name =
        model == "dtmi:t:Other;1" ? pick(["contains", "links"]) : pick(["contains", "contains", "feeds"])
      let target = pick(Array(state.models.keys.sorted()))
      return .putRelationship(source: id, id: "r\(seed.below(3))", name: name, target: target, properties: [])
    case 8:
      let own = state.links.filter { $0.source == id || $0.target == id }.sorted {
        $0.id + $0.source < $1.id + $1.source
      }
      if let link = own.first { return .deleteRelationship(source: link.source, id: link.id) }
      return .deleteTwin(id: id)
    default: return .telemetry(twin: id, component: nil, payload: Array("{}".utf8))
    }
  }

  mutating func rules() -> [TestRule] {
    (0..<(1 + seed.below(5))).map { order in
      var rule = TestRule(order: order, allows: seed.chance(2, in: 5))
      if seed.chance(1, in: 5) { rule.actions = ["read"] }
      if seed.chance(1, in: 3) { rule.groups = [pick(["g1", "g2"])] }
      if seed.chance(1, in: 5) { rule.worlds = [pick(["live", "pl*", "*"])] }
      if seed.chance(1, in: 3) { rule.models = [pick(Self.instances)] }
      if seed.chance(1, in: 3) { rule.twins = [pick(["bldg-*", "*-1*", "room-4", "*"])] }
      if seed.chance(2, in: 5) {
        rule.within = (
          pick(Self.ids), seed.chance(1, in: 2) ? nil : ["contains"], seed.below(4),
          pick(["outgoing", "incoming", "either"])
        )
      }
      if seed.chance(2, in: 5) {
        rule.paths = [pick(["a", "b", "part", "part.s", "x.y", "contains", "feeds", "*", "c"])]
      }
      return rule
    }
  }
}
