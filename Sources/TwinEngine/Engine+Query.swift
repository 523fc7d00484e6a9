import TwinGraph
public import TwinQuery
public import TwinValues

extension Engine {
  /// Answers a query, always with everything acknowledged before it.
  ///
  /// - Parameters:
  ///   - place: the world and time for a query that does not name its own with `IN WORLD` and `AS OF`.
  ///   - continuation: the token of the page before; the answer goes on in the same state, whatever has been
  ///     written since.
  /// - Throws: `NuriError` with code `invalidQuery` that points at the character, `worldNotFound`, `outOfRange`,
  ///   or `invalidContinuation`.
  public func query(
    _ text: String, in place: WorldInstant = WorldInstant(Engine.live), continuation: String? = nil,
    pageSize: Int = QueryLimits.defaultPageRows
  ) throws(NuriError) -> QueryPage {
    let query = try Query.parse(text)
    let target = target(of: query, place, continuation)
    let world = try world(target.world)
    let snapshot = try world.snapshot(at: target.at)
    return try page(of: query, place, target, in: world, snapshot, continuation, pageSize, .owner())
  }

  /// Answers a query as `query(_:in:continuation:pageSize:)` does, without blocking a thread while the newest writes
  /// are on their way to the disk. What a rewind reads from disk it still waits for.
  /// - Throws: as that does.
  public func queryWhenDurable(
    _ text: String, in place: WorldInstant = WorldInstant(Engine.live), continuation: String? = nil,
    pageSize: Int = QueryLimits.defaultPageRows
  ) async throws(NuriError) -> QueryPage {
    try await queryWhenDurable(
      text, in: place, continuation: continuation, pageSize: pageSize, as: .owner())
  }

  /// The answer as somebody may have it: of what is hidden from it nothing is found, counted or followed.
  func queryWhenDurable(
    _ text: String, in place: WorldInstant, continuation: String?, pageSize: Int, as principal: Principal
  ) async throws(NuriError) -> QueryPage {
    let query = try Query.parse(text)
    let target = target(of: query, place, continuation)
    let world = try world(target.world, for: principal)
    let snapshot: Snapshot
    if target.at == .now {
      snapshot = try await world.snapshotWhenDurable()
    } else {
      snapshot = try world.snapshot(at: target.at)
    }
    return try page(of: query, place, target, in: world, snapshot, continuation, pageSize, principal)
  }

  /// The world and time a query is about.
  private func target(of query: Query, _ place: WorldInstant, _ continuation: String?) -> WorldInstant {
    let target = resolve(query.world, default: place)
    guard let continuation, target.at == .now, let sequence = Query.sequence(ofContinuation: continuation)
    else { return target }
    return WorldInstant(target.world, .sequence(sequence))
  }

  /// Says when the time of a query that begins now is up.
  private func queryEnd() -> () -> Bool {
    guard options.queryMilliseconds > 0 else { return { false } }
    let clock = options.clock
    let end = clock.now().microseconds + Int64(options.queryMilliseconds) * 1000
    return { clock.now().microseconds > end }
  }

  private func page(
    of query: Query, _ place: WorldInstant, _ target: WorldInstant, in world: World, _ snapshot: Snapshot,
    _ continuation: String?, _ pageSize: Int, _ principal: Principal
  ) throws(NuriError) -> QueryPage {
    var rows: [DifferenceRow] = []
    if let difference = query.difference {
      rows = try differenceRows(
        from: resolve(difference.before, default: place), to: resolve(difference.after, default: place),
        as: principal)
    }
    var page = try query.execute(
      on: world.seen(snapshot, by: principal, at: target.at).graph, differences: rows,
      sequence: snapshot.sequence, continuation: continuation,
      pageSize: pageSize, isOver: queryEnd())
    page.state = QueryPage.State(
      world: snapshot.world, sequence: snapshot.sequence, recorded: snapshot.recorded)
    if page.nextContinuation != nil { world.remember(snapshot, for: snapshot.sequence) }
    if target.at == .now, !page.filterRequests.isEmpty { world.addFilters(page.filterRequests) }
    return page
  }

  private func resolve(_ reference: WorldReference, default place: WorldInstant) -> WorldInstant {
    let world = reference.name ?? place.world
    switch reference.asOf {
    case .instant(let instant): return WorldInstant(world, .instant(instant))
    case .sequence(let sequence): return WorldInstant(world, .sequence(sequence))
    case nil: return WorldInstant(world, reference.name == nil ? place.at : .now)
    }
  }

  /// Differences as rows for `FROM DIFF(…)`: one for each twin or relationship that came or went, and one for
  /// each property that changed.
  /// - Throws: `NuriError` with code `worldNotFound`, `outOfRange`, or `limitExceeded` past
  ///   `QueryLimits.heldRows` rows.
  public func differenceRows(
    from old: WorldInstant, to new: WorldInstant
  ) throws(NuriError) -> [DifferenceRow] {
    try differenceRows(from: old, to: new, as: .owner())
  }

  private func differenceRows(
    from old: WorldInstant, to new: WorldInstant, as principal: Principal
  ) throws(NuriError) -> [DifferenceRow] {
    var rows: [DifferenceRow] = []
    try differences(from: old, to: new, as: principal) {
      $0.append(to: &rows)
      return rows.count <= QueryLimits.heldRows
    }
    guard rows.count <= QueryLimits.heldRows else {
      throw NuriError(
        .limitExceeded, "The two states differ in more than \(QueryLimits.heldRows) places.",
        advice: "Compare instants that lie closer together.")
    }
    return rows
  }
}

extension Difference {
  fileprivate func append(to rows: inout [DifferenceRow]) {
    switch self {
    case .twinAdded(let id, let model, let properties):
      rows.append(row("twinAdded", id, model))
      rows += properties.map { row("propertyAdded", id, model, $0) }
    case .twinRemoved(let id, let model, let properties):
      rows.append(row("twinRemoved", id, model))
      rows += properties.map { row("propertyRemoved", id, model, $0) }
    case .twinChanged(let id, let oldModel, let newModel, let properties):
      if oldModel != newModel {
        rows.append(
          row(
            "modelChanged", id, newModel,
            Property(path: "$model", old: .string(oldModel), new: .string(newModel))))
      }
      for property in properties {
        let kind =
          property.old == nil ? "propertyAdded" : property.new == nil ? "propertyRemoved" : "propertyChanged"
        rows.append(row(kind, id, newModel, property))
      }
    case .relationshipAdded(let new): rows.append(row("relationshipAdded", nil, new))
    case .relationshipRemoved(let old): rows.append(row("relationshipRemoved", old, nil))
    case .relationshipChanged(let old, let new): rows.append(row("relationshipChanged", old, new))
    case .modelAdded(let id): rows.append(row("modelAdded", id, id))
    case .modelRemoved(let id): rows.append(row("modelRemoved", id, id))
    case .eventRouteAdded(let new): rows.append(row("eventRouteAdded", nil, new))
    case .eventRouteRemoved(let old): rows.append(row("eventRouteRemoved", old, nil))
    case .eventRouteChanged(let old, let new): rows.append(row("eventRouteChanged", old, new))
    }
  }

  private func row(_ kind: String, _ id: String, _ model: String, _ property: Property? = nil)
    -> DifferenceRow
  {
    DifferenceRow(
      kind: kind, id: id, model: model, property: property?.path, old: property?.old, new: property?.new)
  }

  /// A relationship's row: its id is `source/relationship`, its values are JSON objects of target and properties.
  private func row(_ kind: String, _ old: Relationship?, _ new: Relationship?) -> DifferenceRow {
    let known = new ?? old
    return DifferenceRow(
      kind: kind, id: "\(known?.source ?? "")/\(known?.id ?? "")", model: known?.name,
      old: old.map { .json($0.json) }, new: new.map { .json($0.json) })
  }

  private func row(_ kind: String, _ old: EventRoute?, _ new: EventRoute?) -> DifferenceRow {
    DifferenceRow(
      kind: kind, id: new?.id ?? old?.id ?? "", old: old.map { .json($0.json) },
      new: new.map { .json($0.json) })
  }
}

extension EventRoute {
  fileprivate var json: [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("endpointName")
    writer.string(endpoint)
    writer.key("filter")
    writer.string(filter)
    writer.endObject()
    return writer.bytes
  }
}

extension Difference.Relationship {
  fileprivate var json: [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("target")
    writer.string(target)
    writer.splice(members: properties)
    writer.endObject()
    return writer.bytes
  }
}
