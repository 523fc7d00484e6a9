public import TwinGraph
public import TwinModels
public import TwinValues

/// What becomes of the twins of one model when they are moved to another.
public struct ModelMigration: Sendable {
  /// What becomes of one twin.
  public struct Move: Sendable {
    /// The twin.
    public let id: String
    /// The change that moves it, with everything that can be carried over.
    public let change: Change
    /// The twin's last change when this was worked out.
    public let sequence: UInt64
    /// Properties whose value the new model has no place for, and relationships it does not allow.
    public let losses: [Loss]
  }

  /// Something that does not fit the new model.
  public struct Loss: Sendable {
    /// The property's path, or `relationship ID`.
    public let path: String
    /// What it holds; `nil` for a relationship.
    public let value: Value?
    /// Why it does not fit.
    public let reason: String
    /// Whether leaving it out makes the twin fit. A relationship has to be dealt with by hand.
    public let canBeDropped: Bool
  }

  /// The model the twins have.
  public let old: String
  /// The model they get.
  public let new: String
  /// How the models differ, part by part.
  public let differences: [ModelDifference]
  /// What becomes of every twin.
  public private(set) var moves: [Move] = []

  /// Twins that fit the new model only without some of what they have.
  public var broken: [Move] { moves.filter { !$0.losses.isEmpty } }

  /// Works out what becomes of every twin of `old` (not of models that extend it).
  /// - Throws: `modelNotFound`, `modelDecommissioned`.
  public init(from old: String, to new: String, in graph: Graph) throws(NuriError) {
    self.old = old
    self.new = new
    let oldModel = try graph.interface(old)
    let newModel = try graph.interface(new)
    guard !graph.isDecommissioned(new) else {
      throw NuriError(.modelDecommissioned, "The model \(new) is decommissioned and takes no new twins.")
    }
    differences = try graph.models.compare(old: oldModel.id, new: newModel.id)
    var shapes = graph
    let layout = try shapes.layout(ofModel: new)
    guard let table = graph.table(ofModel: old) else { return }
    for twin in graph.twins(table: table) {
      var losses: [Loss] = []
      let edits = Self.carry(twin, graph, layout, &losses)
      losses += Self.relationshipLosses(twin, newModel, graph)
      let id = graph.id(of: twin)
      moves.append(
        Move(
          id: id, change: .putTwin(id: id, model: new, properties: edits), sequence: graph.sequence(of: twin),
          losses: losses))
    }
  }

  /// The values that the new model takes, converted where its schema is wider.
  private static func carry(_ twin: TwinRef, _ graph: Graph, _ layout: TableLayout, _ losses: inout [Loss])
    -> [PropertyEdit]
  {
    var edits: [PropertyEdit] = []
    let document = JSONDocument()
    for (column, field) in graph.layout(of: twin).fields.enumerated() {
      guard let value = graph.value(twin, column: column) else { continue }
      guard layout.column(field.path) != nil else {
        losses.append(Loss(path: field.path, value: value, reason: "not declared", canBeDropped: true))
        continue
      }
      do throws(NuriError) {
        var writer = JSONWriter()
        writer.value(value)
        try document.parse(writer.text)
        edits.append(try layout.edit(field.path, document.root))
      } catch {
        losses.append(Loss(path: field.path, value: value, reason: error.message, canBeDropped: true))
      }
    }
    return edits
  }

  private static func relationshipLosses(_ twin: TwinRef, _ newModel: Interface, _ graph: Graph) -> [Loss] {
    var losses: [Loss] = []
    for relationship in graph.outgoing(twin) {
      let name = graph.name(of: relationship)
      guard let declared = newModel.relationship(name) else {
        losses.append(Self.loss(relationship, graph, "the new model declares no \"\(name)\""))
        continue
      }
      let target = graph.model(of: graph.target(of: relationship))
      if let wanted = declared.target, let id = try? DTMI(target), !graph.models.isSubtype(id, of: wanted) {
        losses.append(Self.loss(relationship, graph, "\"\(name)\" leads to \(wanted) in the new model"))
      }
    }
    for relationship in graph.incoming(twin) {
      let name = graph.name(of: relationship)
      let source = graph.model(of: graph.source(of: relationship))
      guard let wanted = (try? graph.interface(source))?.relationship(name)?.target else { continue }
      if !graph.models.isSubtype(newModel.id, of: wanted) {
        losses.append(Self.loss(relationship, graph, "\(source) lets \"\(name)\" lead only to \(wanted)"))
      }
    }
    return losses
  }

  private static func loss(_ relationship: RelationshipRef, _ graph: Graph, _ reason: String) -> Loss {
    let source = graph.id(of: graph.source(of: relationship))
    return Loss(
      path: "relationship \(source)/\(graph.id(of: relationship))", value: nil, reason: reason,
      canBeDropped: false)
  }

  /// Twins that can't be moved: they have something that does not fit and may not be dropped.
  public func stuck(dropsValues: Bool) -> [Move] {
    moves.filter { move in move.losses.contains { !(dropsValues && $0.canBeDropped) } }
  }

  /// The operations that move every twin, to be written as one batch; refused when a twin changed since this was worked
  /// out.
  /// - Throws: `conflict` when a twin does not fit (a value may be dropped when `dropsValues`), `limitExceeded` for too
  ///   many twins.
  public func operations(dropsValues: Bool) throws(NuriError) -> [Operation] {
    let stuck = stuck(dropsValues: dropsValues)
    if let first = stuck.first, let loss = first.losses.first(where: { !(dropsValues && $0.canBeDropped) }) {
      throw NuriError(
        .conflict,
        "\(stuck.count) twins do not fit \(new); the first is \(first.id), \(loss.path): \(loss.reason).",
        advice: "Preview it. Values may be dropped, relationships must be deleted first.")
    }
    guard moves.count <= EngineLimits.batchOperations else {
      throw NuriError(
        .limitExceeded,
        "\(moves.count) twins have the model; one atomic batch moves at most \(EngineLimits.batchOperations)."
      )
    }
    return moves.map { Operation($0.change, if: .match($0.sequence)) }
  }

  /// What the cause of a migration says.
  public var reason: String { "migrate \(old) to \(new)" }
}

extension Graph {
  /// The twins of one table, in order of their rows.
  fileprivate func twins(table: Int) -> [TwinRef] {
    var twins: [TwinRef] = []
    twins.reserveCapacity(twinCount(table: table))
    forEachPage(table: table) { page in
      for number in page.twins where number != .max { twins.append(twin(number: number)) }
      return true
    }
    return twins
  }
}
