public import TwinModels
public import TwinValues

extension Graph {
  /// The models of this world.
  public var models: ModelSet { state.models }

  /// Whether a model takes no new twins.
  public func isDecommissioned(_ model: String) -> Bool { state.decommissioned.contains(model) }

  /// When a model was added.
  public func added(model: String) -> Instant? {
    state.modelTimes[model].map { Instant(microseconds: $0 * 1000) }
  }

  mutating func addModels(_ documents: [[UInt8]], _ stamp: Stamp) throws(NuriError) -> UInt64 {
    let before = state.models
    let models = try before.adding(documents)
    guard models.ids.count <= GraphLimits.models else {
      throw NuriError(.limitExceeded, "A world has at most \(GraphLimits.models) models.")
    }
    own()
    state.models = models
    for id in models.ids where before[id] == nil {
      state.modelTimes[id.text] = stamp.milliseconds
      if let interface = models[id] { adoptTwins(of: interface) }
    }
    return 0
  }

  /// Gives the twins that a deleted model left behind to the model that has its id now, when it lays them out in the
  /// same way. Their values stay as they are; they are checked when they are next written.
  private mutating func adoptTwins(of interface: Interface) {
    let id = interface.id.text
    let left = state.tables.lastIndex { $0.layout.model == id && $0.layout.isOrphaned && $0.count > 0 }
    guard let left else { return }
    let layout = TableLayout(interface, in: state.models)
    guard layout.isLaidOut(like: state.tables[left].layout) else { return }
    state.tables[left] = state.tables[left].copy(layout: layout)
    state.tableOfModel[id] = left
  }

  mutating func decommission(_ id: String, _ isOut: Bool) throws(NuriError) -> UInt64 {
    _ = try interface(id)
    own()
    if isOut { state.decommissioned.insert(id) } else { state.decommissioned.remove(id) }
    return 0
  }

  /// Deletes a model. Twins it has stay as they are, without a model to check them against: see
  /// `TableLayout.isOrphaned`.
  mutating func deleteModel(_ id: String) throws(NuriError) -> UInt64 {
    let interface = try interface(id)
    let models = try state.models.removing(interface.id)
    own()
    state.models = models
    state.decommissioned.remove(id)
    state.modelTimes[id] = nil
    if let index = state.tableOfModel.removeValue(forKey: id) {
      state.tables[index] = state.tables[index].copy(layout: state.tables[index].layout.orphaned)
    }
    return 0
  }

  /// The model with an id.
  /// - Throws: `NuriError` with code `modelNotFound`.
  public func interface(_ id: String) throws(NuriError) -> Interface {
    if let dtmi = try? DTMI(id), let interface = state.models[dtmi] { return interface }
    throw NuriError(.modelNotFound, "There is no model \"\(id)\".", advice: "Add it first.")
  }

  /// Where properties of a model's twins live.
  /// - Throws: `NuriError` with code `modelNotFound`.
  public mutating func layout(ofModel id: String) throws(NuriError) -> TableLayout {
    let index = try tableForWriting(id)
    return state.tables[index].layout
  }

  /// The table for twins of a model, made on first use.
  mutating func tableForWriting(_ model: String) throws(NuriError) -> Int {
    if let index = state.tableOfModel[model] { return index }
    let layout = TableLayout(try interface(model), in: state.models)
    guard state.tables.count < GraphLimits.models else {
      throw NuriError(
        .limitExceeded,
        "A world has had twins of at most \(GraphLimits.models) models, deleted ones included.")
    }
    own()
    state.tables.append(Table(layout))
    state.tableOfModel[model] = state.tables.count - 1
    return state.tables.count - 1
  }

  /// The tables whose twins are of a model or of one that extends it.
  public func tables(ofModel id: String, exactly: Bool = false) -> [Int] {
    if exactly { return state.tableOfModel[id].map { [$0] } ?? [] }
    guard let dtmi = try? DTMI(id) else { return [] }
    return state.models.subtypes(of: dtmi).compactMap { state.tableOfModel[$0.text] }
  }

  /// Whether the source's model declares such a relationship, the target is allowed, and properties fit.
  func checkDeclaration(
    _ from: Int, _ name: String, _ to: Int, _ properties: [UInt8], _ existing: Int?
  ) throws(NuriError) {
    let layout = state.tables[state.twins[from].table].layout
    let sourceModel = layout.model
    guard !layout.isOrphaned else { throw layout.orphanedError }
    guard let definition = layout.interface?.relationship(name) else {
      throw NuriError(
        .relationshipNotDeclared, "The model \(sourceModel) declares no relationship \"\(name)\".")
    }
    if let target = definition.target {
      let targetLayout = state.tables[state.twins[to].table].layout
      guard targetLayout.interface?.isA(target) ?? (targetLayout.model == target.text) else {
        throw NuriError(
          .relationshipNotDeclared,
          "The relationship \"\(name)\" of \(sourceModel) leads to \(target), not to \(targetLayout.model).")
      }
    }
    if let most = definition.maxMultiplicity {
      let nameIndex = state.indexOfName[name]
      var others = 0
      for other in Adjacency(state, next: state.links[from].firstOut, isOutgoing: true)
      where self.nameIndex(of: other) == nameIndex && Int(other.slot) != existing {
        others += 1
      }
      guard others < most else {
        throw NuriError(
          .relationshipNotDeclared, "The model \(sourceModel) allows at most \(most) \"\(name)\" per twin.")
      }
    }
    if !properties.isEmpty { try checkProperties(properties, definition, name) }
  }

  private func checkProperties(_ json: [UInt8], _ definition: RelationshipDefinition, _ name: String)
    throws(NuriError)
  {
    guard json.count <= GraphLimits.valueBytes else {
      throw NuriError(
        .limitExceeded, "A relationship's properties have at most \(GraphLimits.valueBytes) bytes.")
    }
    let document = try JSONDocument(json)
    guard document.root.kind == .object, json.first == UInt8(ascii: "{"), json.last == UInt8(ascii: "}")
    else {
      throw NuriError(.invalidValue, "The properties of a relationship are one JSON object.")
    }
    for (key, value) in document.root.members {
      guard let property = definition.property(key) else {
        throw NuriError(.propertyNotDeclared, "The relationship \"\(name)\" declares no property \"\(key)\".")
      }
      _ = try property.schema.value(from: value, at: key)
    }
  }
}

extension TableLayout {
  /// Lays out a model's own and inherited properties, then those of its components.
  convenience init(_ interface: Interface, in models: ModelSet) {
    var fields = interface.properties.map { Field(property: $0, component: nil) }
    for component in interface.components {
      guard let part = models[component.interface] else { continue }
      fields += part.properties.map { Field(property: $0, component: component.name) }
    }
    self.init(
      model: interface.id.text, interface: interface, fields: fields,
      components: interface.components.map(\.name))
  }

  /// The declared path most like a misspelt one, within two edits.
  func nearest(to path: String) -> String? {
    fields.map { (path: $0.path, distance: editDistance($0.path, path)) }
      .filter { $0.distance <= 2 }
      .min { $0.distance < $1.distance }?.path
  }
}

extension TableLayout.Field {
  init(property: PropertyDefinition, component: String?) {
    path = component.map { "\($0).\(property.name)" } ?? property.name
    self.component = component
    name = property.name
    schema = property.schema
    (kind, choices) = property.schema.storage
  }
}

/// Levenshtein distance over UTF-8 bytes.
private func editDistance(_ a: String, _ b: String) -> Int {
  let x = Array(a.utf8)
  let y = Array(b.utf8)
  guard abs(x.count - y.count) <= 2, !y.isEmpty else { return .max }
  var row = Array(0...y.count)
  for i in 0..<x.count {
    var diagonal = row[0]
    row[0] = i + 1
    for j in 0..<y.count {
      let cost = x[i] == y[j] ? diagonal : min(diagonal, row[j], row[j + 1]) + 1
      diagonal = row[j + 1]
      row[j + 1] = cost
    }
  }
  return row[y.count]
}
