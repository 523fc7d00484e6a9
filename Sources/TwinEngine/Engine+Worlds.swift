public import TwinGraph
import TwinLog
public import TwinValues

/// How a fork goes on after its fork point.
public enum ForkMode: String, Hashable, Sendable {
  /// Sealed from its parent.
  case detached
  /// Keeps receiving its parent's changes for whatever it has not written itself.
  case tracking
}

/// A world in the list of worlds.
public struct WorldInfo: Hashable, Sendable {
  /// Its name.
  public let name: String
  /// The world it was forked from; `nil` for the live one.
  public let parent: String?
  /// The parent's sequence it starts from.
  public let forkPoint: UInt64
  /// When the parent's change of that sequence was recorded; `nil` for the live world, and where it can't be read.
  public let forked: Instant?
  /// How it goes on after it.
  public let mode: ForkMode
  /// A note for people.
  public let label: String
  /// When it was forked.
  public let created: Instant
  /// When it may be discarded unasked.
  public let expires: Instant?
  /// Whose it is to change and discard, as a principal's id; `nil` for nobody's.
  public let owner: String?

  /// The same world, said to come from another.
  func withParent(_ parent: String) -> WorldInfo {
    WorldInfo(
      name: name, parent: parent, forkPoint: forkPoint, forked: forked, mode: mode, label: label,
      created: created, expires: expires, owner: owner)
  }
}

extension Engine {
  /// The live world and every fork, in order of making.
  /// - Throws: `NuriError` when the live world can't be read.
  public func worlds() throws(NuriError) -> [WorldInfo] {
    let catalogue = try liveWorld.snapshot().graph
    let entries = catalogue.worlds
    let names = Dictionary(entries.map { ($0.number, $0.name) }, uniquingKeysWith: { a, _ in a })
    let live = WorldInfo(
      name: Engine.live, parent: nil, forkPoint: 0, forked: nil, mode: .detached, label: "",
      created: .distantPast, expires: nil, owner: nil)
    return [live]
      + entries.map {
        WorldInfo(
          name: $0.name, parent: $0.parent == 0 ? Engine.live : names[$0.parent], forkPoint: $0.forkPoint,
          forked: forked($0, in: entries), mode: $0.isTracking ? .tracking : .detached, label: $0.label,
          created: $0.created,
          expires: $0.expires, owner: $0.owner(in: catalogue))
      }
  }

  /// When the change a fork starts from was recorded. It never changes, so it is read once.
  private func forked(_ entry: WorldEntry, in entries: [WorldEntry]) -> Instant? {
    if let known = lock.withLock({ forkInstants[entry.number] }) { return known }
    let above = entries.first { $0.number == entry.parent }
    guard let parent = entry.parent == 0 ? liveWorld : above.flatMap({ try? world($0, depth: 0) }),
      let instant = try? parent.recordedTime(of: entry.forkPoint)
    else { return nil }
    return lock.withLock {
      forkInstants[entry.number] = instant
      return instant
    }
  }

  /// A world by name.
  /// - Throws: `NuriError` with code `worldNotFound`, or why its log can't be opened.
  public func world(_ name: String = Engine.live) throws(NuriError) -> World {
    if name == Engine.live { return liveWorld }
    return try world(try entry(name), depth: 0)
  }

  /// A world by name, for somebody: one that may not be known of is not there.
  func world(_ name: String, for principal: Principal) throws(NuriError) -> World {
    let world = try world(name)
    guard world.isKnown(to: principal) else { throw Engine.noWorld(name) }
    return world
  }

  /// A world by name, when it is open and known to be there without waiting for the disk.
  func worldAtHand(_ name: String) -> World? {
    if name == Engine.live { return liveWorld }
    guard let entries = liveWorld.snapshotAtHand()?.graph.worlds,
      let entry = entries.first(where: { $0.name == name })
    else { return nil }
    return lock.withLock { opened[entry.number] }
  }

  private static func noWorld(_ name: String) -> NuriError {
    NuriError(.worldNotFound, "There is no world \"\(name)\".", advice: "List them with: nuri worlds")
  }

  func entry(_ name: String) throws(NuriError) -> WorldEntry {
    let entries = try liveWorld.snapshot().graph.worlds
    guard let entry = entries.first(where: { $0.name == name }) else {
      throw Engine.noWorld(name)
    }
    return entry
  }

  private func world(
    _ entry: WorldEntry, depth: Int, origin: Snapshot? = nil
  ) throws(NuriError) -> World {
    if let world = lock.withLock({ opened[entry.number] }) { return world }
    guard depth < EngineLimits.forkDepth else {
      throw NuriError(.limitExceeded, "Forks of forks go \(EngineLimits.forkDepth) deep at most.")
    }
    var parent = liveWorld
    if entry.parent != 0 {
      let entries = try liveWorld.snapshot().graph.worlds
      guard let above = entries.first(where: { $0.number == entry.parent }) else {
        throw NuriError(.worldNotFound, "The world that \"\(entry.name)\" was forked from is gone.")
      }
      parent = try world(above, depth: depth + 1)
    }
    let world = try openFork(entry, parent, origin)
    return lock.withLock {
      if let other = opened[entry.number] { return other }
      opened[entry.number] = world
      return world
    }
  }

  private func openFork(
    _ entry: WorldEntry, _ parent: World, _ origin: Snapshot?
  ) throws(NuriError) -> World {
    let directory = DataFolder.world(entry.number, in: folder)
    try options.disk.makeDirectories(directory)
    var logOptions = SegmentLogOptions.fork
    logOptions.firstSequence = entry.forkPoint + 1
    logOptions.sealsInBackground = options.worksInBackground
    let (log, _) = try SegmentLog.open(disk: options.disk, directory: directory, options: logOptions)
    var start = origin
    var isOrigin = true
    var lastCheckpoint: UInt64 = 0
    if !entry.isTracking, start == nil, log.durableSequence > entry.forkPoint {
      let folder = CheckpointFolder(disk: options.disk, directory: directory)
      start = try GraphCheckpoint.loadNewest(folder, notAfter: log.durableSequence, world: entry.name)
        .snapshot
      isOrigin = start == nil
      lastCheckpoint = start?.sequence ?? 0
    }
    let found: Snapshot
    if let start { found = start } else { found = try parent.snapshot(at: .sequence(entry.forkPoint)) }
    let known = Snapshot(
      world: found.world, graph: found.graph.withoutWorlds, sequence: found.sequence,
      recorded: found.recorded)
    let current =
      entry.isTracking
      ? Snapshot(
        world: entry.name, graph: known.graph, sequence: max(log.durableSequence, entry.forkPoint),
        recorded: max(known.recorded, Instant(microseconds: log.lastRecorded ?? .min)))
      : try World.replay(log, onto: known, through: log.durableSequence, name: entry.name)
    let base = entry.isTracking && log.durableSequence == entry.forkPoint ? entry.forkPoint : 0
    return World(
      name: entry.name, number: entry.number, parent: parent, origin: isOrigin ? known.graph : nil,
      forkPoint: entry.forkPoint,
      isTracking: entry.isTracking, directory: directory, options: options, threads: threads, access: access,
      log: log,
      start: current, base: base, lastCheckpoint: lastCheckpoint)
  }

  // MARK: Making and ending forks

  /// Forks a world, now or as of any past point. The state is shared, not copied; the fork itself is a durable
  /// change of the live world.
  /// - Parameter owner: whose it is to discard; `nil` for nobody's.
  /// - Throws: `NuriError` with code `worldExists`, `invalidName`, `outOfRange` or `limitExceeded`.
  @discardableResult
  public func fork(
    _ parent: WorldInstant, name: String, mode: ForkMode = .detached, label: String = "",
    expires: Instant? = nil, cause: Cause, owner: String? = nil
  ) throws(NuriError) -> World {
    try checkName(name)
    guard label.utf8.count <= 1024 else {
      throw NuriError(.limitExceeded, "A label has at most 1024 bytes.")
    }
    let source = try world(parent.world)
    let start = try source.snapshot(at: parent.at)
    if mode == .tracking, source.isTracking || parent.at != .now {
      throw NuriError(
        .outOfRange, "A tracking fork starts from the present of a world that is not tracking itself.",
        advice: "Make a detached fork instead.")
    }
    if source.isTracking {
      throw NuriError(
        .outOfRange, "A tracking fork can't be forked: its sequence does not say where its parent stood.",
        advice: "Promote it, or fork its parent.")
    }
    let catalogue = try liveWorld.snapshot().graph
    guard catalogue.worlds.count < EngineLimits.worlds else {
      throw NuriError(.limitExceeded, "There are \(EngineLimits.worlds) forks already.")
    }
    let entry = WorldEntry(
      number: catalogue.nextWorldNumber, name: name, parent: source.number, forkPoint: start.sequence,
      isTracking: mode == .tracking, label: label, created: options.clock.now(), expires: expires)
    let ownership = owner.map { Operation(.putRecord(entry.owned(by: $0))) }
    try liveWorld.write(
      Batch(cause: cause, operations: [Operation(.putWorld(entry))] + (ownership.map { [$0] } ?? [])))
    return try world(entry, depth: 0, origin: start)
  }

  private func checkName(_ name: String) throws(NuriError) {
    let isLegal = name.utf8.allSatisfy {
      ($0 >= 0x30 && $0 <= 0x39) || ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7a) || $0 >= 0x80
        || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".")
    }
    guard isLegal, !name.isEmpty, name.utf8.count <= EngineLimits.worldNameBytes, name != Engine.live else {
      throw NuriError(
        .invalidName, "\"\(name)\" is no name for a fork.",
        advice:
          "Use 1 to \(EngineLimits.worldNameBytes) bytes of letters, digits, '-', '_' and '.'; \"live\" is taken."
      )
    }
  }

  /// Changes a fork's label or expiry.
  /// - Throws: `NuriError` with code `worldNotFound`.
  public func edit(
    _ name: String, label: String? = nil, expires: Instant?? = nil, cause: Cause
  ) throws(NuriError) {
    let old = try entry(name)
    let new = WorldEntry(
      number: old.number, name: old.name, parent: old.parent, forkPoint: old.forkPoint,
      isTracking: old.isTracking, label: label ?? old.label, created: old.created,
      expires: expires ?? old.expires)
    try liveWorld.write(Batch(cause: cause, operations: [Operation(.putWorld(new))]))
  }

  /// Discards a fork and gives back its space.
  /// - Throws: `NuriError` with code `conflict` while other forks come from it.
  public func discard(_ name: String, cause: Cause) throws(NuriError) {
    let entry = try entry(name)
    let catalogue = try liveWorld.snapshot().graph
    let children = catalogue.worlds.filter { $0.parent == entry.number }
    guard children.isEmpty else {
      throw NuriError(
        .conflict,
        "The world \"\(name)\" has forks of its own: \(children.map(\.name).joined(separator: ", ")).",
        advice: "Discard them first.")
    }
    var operations = [Operation(.discardWorld(number: entry.number))]
    if let ownership = catalogue.records(.fork).find(entry.ownerRecordId) {
      operations.append(Operation(.deleteRecord(ownership.kind, id: ownership.id)))
    }
    try liveWorld.write(Batch(cause: cause, operations: operations))
    let world = lock.withLock {
      forkInstants[entry.number] = nil
      return opened.removeValue(forKey: entry.number)
    }
    try world?.close()
    try options.disk.removeTree(DataFolder.world(entry.number, in: folder))
  }

  /// Discards the forks whose time is over and that no other fork comes from; returns their names.
  /// - Throws: `NuriError` when the disk refuses.
  public func discardExpired() throws(NuriError) -> [String] {
    let now = options.clock.now()
    var gone: [String] = []
    while true {
      let entries = try liveWorld.snapshot().graph.worlds
      let parents = Set(entries.map(\.parent))
      guard
        let over = entries.first(where: {
          $0.expires.map { $0 <= now } ?? false && !parents.contains($0.number)
        })
      else { return gone }
      try discard(over.name, cause: Cause(actor: "nuri", reason: "expired"))
      gone.append(over.name)
    }
  }
}

extension WorldEntry {
  /// The id of the record that says whose the fork is.
  var ownerRecordId: String { String(number) }

  /// Whose the fork is, by the live world's records.
  func owner(in catalogue: Graph) -> String? {
    catalogue.records(.fork).find(ownerRecordId).flatMap { try? JSONDocument($0.body).root["owner"]?.string }
  }

  /// The record that says whose the fork is.
  func owned(by owner: String) -> Record {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("owner")
    writer.string(owner)
    writer.endObject()
    return Record(.fork, ownerRecordId, writer.bytes)
  }
}
