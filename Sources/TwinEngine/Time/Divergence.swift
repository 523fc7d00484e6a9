public import TwinGraph
public import TwinValues

/// Where and when two worlds first differ.
public struct Divergence: Sendable {
  /// When the change that made them differ was recorded.
  public let recorded: Instant
  /// Its sequence, in its world's counting.
  public let sequence: UInt64
  /// The world whose change it was.
  public let world: String
  /// The differences at that instant, from the first world to the second: as many as were asked for.
  public let items: [Difference]
  /// Whether there are more.
  public let hasMore: Bool
}

extension Session {
  /// The first instant at which two worlds differ, as far as may be seen; `nil` when they never do.
  ///
  /// The changes of both since they parted are applied in the order in which they were recorded, to two graphs that share
  /// their pages. After each instant only what its changes touched is compared, so that the work follows the number of
  /// changes until they diverge. Reads from disk: off the loop, please.
  /// - Parameter most: how many differences to name.
  /// - Throws: `NuriError` with code `worldNotFound`, or `limitExceeded` past `EngineLimits.divergenceChanges`.
  public func divergence(
    from old: String, to new: String, most: Int = 100
  ) throws(NuriError) -> Divergence? {
    try principal.require(.read)
    let a = try engine.world(old, for: principal)
    let b = try engine.world(new, for: principal)
    if a === b { return nil }
    var walk = try DivergenceWalk(a, b)
    while let group = try walk.next() {
      guard walk.mayDiffer else { continue }
      var items: [Difference] = []
      var hasMore = false
      Graph.differences(
        from: a.seen(walk.left.graph, by: principal, past: group.sequence),
        to: b.seen(walk.right.graph, by: principal, past: group.sequence), sharedThrough: walk.shared
      ) { item in
        hasMore = items.count == most
        if !hasMore { items.append(item) }
        return !hasMore
      }
      guard !items.isEmpty else { continue }
      return Divergence(
        recorded: group.recorded, sequence: group.sequence,
        world: group.world.isKnown(to: principal) ? group.world.name : Session.hiddenWorld, items: items,
        hasMore: hasMore)
    }
    return nil
  }
}

/// Goes along the changes of two worlds since they parted, in the order of their recorded time.
private struct DivergenceWalk {
  /// One world's state on the way.
  struct Lane {
    let world: World
    var graph: Graph
    /// A tracking fork: its parent's state, and its own changes on top of it.
    var base: Graph
    var own: [ChangeRecord] = []

    mutating func take(_ record: ChangeRecord, isOwn: Bool) throws(NuriError) {
      guard world.isTracking else {
        try graph.apply(record.change, record.stamp)
        return
      }
      if isOwn {
        own.append(record)
        _ = try? graph.apply(record.change, record.stamp)
        return
      }
      try base.apply(record.change, record.stamp)
      graph = base
      for change in own { _ = try? graph.apply(change.change, change.stamp) }
    }
  }

  /// An instant at which something was recorded.
  struct Group {
    let recorded: Instant
    var sequence: UInt64
    var world: World
  }

  private(set) var left: Lane
  private(set) var right: Lane
  let shared: UInt64
  private var sources: [Source]
  private var looked = 0
  /// What the changes so far made different on the two sides.
  private var suspects: Set<Suspect> = []

  /// Something a change is about.
  fileprivate enum Suspect: Hashable {
    case twin(String)
    case relationship(source: String, id: String)
    /// Models and event routes: few, and compared whole.
    case catalogue
  }

  init(_ a: World, _ b: World) throws(NuriError) {
    let (aEnd, bEnd) = (try a.snapshot().sequence, try b.snapshot().sequence)
    shared = Engine.sharedThrough(a, aEnd, b, bEnd)
    let start = try a.materialise(shared).graph
    left = Lane(world: a, graph: start, base: start)
    right = Lane(world: b, graph: start, base: start)
    sources = []
    for (world, isLeft) in [(a, true), (b, false)] {
      let end = isLeft ? aEnd : bEnd
      for step in world.lineage(through: end) where step.last > shared {
        if let known = sources.firstIndex(where: { $0.world === step.world }) {
          sources[known].join(isLeft: isLeft, through: step.last)
        } else {
          sources.append(Source(step, after: shared, isLeft: isLeft))
        }
      }
    }
  }

  /// Whether anything may be different now.
  var mayDiffer: Bool { !suspects.isEmpty }

  /// Takes what was recorded at the next instant; `nil` at the end.
  mutating func next() throws(NuriError) -> Group? {
    var earliest: Int?
    for index in sources.indices {
      guard let time = try sources[index].peek()?.recorded else { continue }
      if let known = earliest, let other = try sources[known].peek()?.recorded, other <= time { continue }
      earliest = index
    }
    guard let earliest, let first = try sources[earliest].peek() else { return nil }
    var group = Group(recorded: first.recorded, sequence: first.sequence, world: sources[earliest].world)
    var isNamed = false
    var touched: [(Suspect, UInt64, World)] = []
    for index in sources.indices {
      let source = sources[index].world
      while let record = try sources[index].peek(), record.recorded == group.recorded {
        looked += 1
        guard looked <= EngineLimits.divergenceChanges else {
          throw NuriError(
            .limitExceeded,
            "The worlds were alike for \(EngineLimits.divergenceChanges) changes since they parted.",
            advice: "Compare them as they are now with a diff.")
        }
        if record.sequence <= sources[index].leftThrough {
          try left.take(record, isOwn: source === left.world)
        }
        if record.sequence <= sources[index].rightThrough {
          try right.take(record, isOwn: source === right.world)
        }
        if let suspect = Suspect(record.change) { touched.append((suspect, record.sequence, source)) }
        sources[index].advance()
      }
    }
    for (suspect, sequence, world) in touched {
      guard differs(suspect) else {
        suspects.remove(suspect)
        continue
      }
      suspects.insert(suspect)
      if !isNamed { (group.sequence, group.world, isNamed) = (sequence, world, true) }
    }
    return group
  }

  private func differs(_ suspect: Suspect) -> Bool {
    let (old, new) = (left.graph, right.graph)
    switch suspect {
    case .catalogue: return true
    case .twin(let id):
      guard let a = old.twin(id), let b = new.twin(id) else {
        return old.twin(id) != nil || new.twin(id) != nil
      }
      return old.model(of: a) != new.model(of: b) || old.edits(a) != new.edits(b)
    case .relationship(let source, let id):
      let a = old.twin(source).flatMap { old.relationship($0, id) }.map(old.describe)
      let b = new.twin(source).flatMap { new.relationship($0, id) }.map(new.describe)
      return a != b
    }
  }

  /// The changes of one log that belong to one side, the other, or both.
  private struct Source {
    let world: World
    /// How far it belongs to the first world, and to the second; 0 for not at all.
    var leftThrough: UInt64
    var rightThrough: UInt64
    private var upcoming: UInt64
    private var buffer: [ChangeRecord] = []
    private var position = 0

    private static let piece = 4096

    init(_ step: World.Stretch, after shared: UInt64, isLeft: Bool) {
      world = step.world
      upcoming = max(step.first, shared + 1)
      leftThrough = isLeft ? step.last : 0
      rightThrough = isLeft ? 0 : step.last
    }

    mutating func join(isLeft: Bool, through last: UInt64) {
      if isLeft { leftThrough = last } else { rightThrough = last }
    }

    /// The next change, read ahead in pieces.
    mutating func peek() throws(NuriError) -> ChangeRecord? {
      if position < buffer.count { return buffer[position] }
      let last = max(leftThrough, rightThrough)
      guard upcoming <= last else { return nil }
      var piece: [ChangeRecord] = []
      try world.changes(from: upcoming) { (record) throws(NuriError) in
        if record.sequence <= last { piece.append(record) }
        return record.sequence < last && piece.count < Self.piece
      }
      buffer = piece
      position = 0
      upcoming = (piece.last?.sequence ?? last) + 1
      return piece.first
    }

    mutating func advance() { position += 1 }
  }
}

extension DivergenceWalk.Suspect {
  /// What a change is about; `nil` for what makes no difference.
  fileprivate init?(_ change: Change) {
    switch change {
    case .putTwin(let id, _, _), .patchTwin(let id, _), .deleteTwin(let id): self = .twin(id)
    case .putRelationship(let source, let id, _, _, _), .deleteRelationship(let source, let id):
      self = .relationship(source: source, id: id)
    case .addModels, .decommissionModel, .deleteModel, .putEventRoute, .deleteEventRoute: self = .catalogue
    case .telemetry, .putWorld, .discardWorld, .putRecord, .deleteRecord: return nil
    }
  }
}

extension ChangeRecord {
  fileprivate var stamp: Stamp {
    Stamp(sequence: sequence, milliseconds: recorded.microseconds / 1000)
  }
}
