import TwinClients
import TwinEngine
import TwinGraph
import TwinValues

/// One endpoint at work: follows the live world from where it left off, makes the events its routes let through,
/// delivers them, and only then goes on.
///
/// `@unchecked Sendable`: `follower`, `figures`, `notedPosition`, `isRedelivering` and `isStopping` are touched only while holding
/// `lock`, `folder` only on the file thread, everything else but the sender only by the endpoint's one task.
final class EndpointRun: @unchecked Sendable {
  let endpoint: EventEndpoint
  let folder: EndpointFolder
  private let kit: EventKit
  private let world: WorldSession
  private let sender: any EventSender
  private let maker: EventMaker
  private let lock = Lock()
  private var follower: FeedFollower?
  private var isStopping = false
  private var figures: EndpointFigures
  private var notedPosition: UInt64 = 0
  private var isRedelivering = false

  /// The state after the last change looked at; only while there are routes.
  private var state: FeedState?
  private var changesInState: UInt64 = 0
  private var routes: [EventFilter] = []
  /// The first change of the batch under way.
  private var batch: UInt64 = 0

  init(
    _ endpoint: EventEndpoint, _ world: WorldSession, _ folder: EndpointFolder, _ kit: EventKit,
    source: String
  ) throws(NuriError) {
    self.endpoint = endpoint
    self.world = world
    self.folder = folder
    self.kit = kit
    maker = EventMaker(source: source)
    figures = EndpointFigures(endpoint: endpoint.name)
    switch endpoint.target {
    case .webhook(let target): sender = WebhookSender(target, kit.http, kit.clock, kit.calendar)
    case .mqtt(let target): sender = try BrokerSender(target, endpoint.name, kit.clock)
    }
    // The first time, events begin with what comes next.
    let position = try folder.position() ?? world.sequence
    try folder.note(position)
    figures.position = position
    notedPosition = position
  }

  // MARK: From outside

  /// How it goes.
  var current: EndpointFigures {
    var now = lock.withLock { figures }
    now.lag = world.sequence - min(world.sequence, now.position)
    return now
  }

  /// The position that stands in the folder.
  var noted: UInt64 {
    get { lock.withLock { notedPosition } }
    set { lock.withLock { notedPosition = newValue } }
  }

  /// Ends what waits; what is under way is given up and made again after the next start.
  func stop() {
    let waiting = lock.withLock {
      isStopping = true
      return follower
    }
    waiting?.stop()
  }

  private var isStopped: Bool { lock.withLock { isStopping } || Task.isCancelled }

  // MARK: The task

  func run() async {
    while !isStopped {
      do throws(NuriError) {
        try await followOn()
      } catch {
        lock.withLock { figures.trouble = error.description }
        if error.code == .unavailable { break }
        if error.code == .outOfRange { skipAhead() }
        state = nil
        await kit.pause(1000) { self.isStopped }
      }
    }
    sender.close()
  }

  /// The log does not hold what comes next any more, or not yet: a backup was brought back. Goes on with what comes.
  private func skipAhead() {
    lock.withLock {
      figures.position = world.sequence
      figures.gaps += 1
    }
  }

  private func followOn() async throws(NuriError) {
    let position = lock.withLock { figures.position }
    let follower = try world.follow(from: position + 1)
    let goesOn = lock.withLock {
      self.follower = follower
      return !isStopping
    }
    guard goesOn else { return }
    try await findRoutes(at: position)
    while !isStopped {
      let records = try await follower.next()
      if records.isEmpty { return }
      var rest = records
      while !rest.isEmpty {
        guard try await round(&rest) else { return }
      }
      try await shareState()
    }
  }

  /// Looks at some changes and delivers what they made; `false` when it was stopped before all was delivered.
  private func round(_ rest: inout ArraySlice<ChangeRecord>) async throws(NuriError) -> Bool {
    var events: [CloudEvent] = []
    var bytes = 0
    var last: UInt64 = 0
    var count = 0
    while count < EventLimits.changesPerRound, bytes < EventLimits.bytesPerRound, let record = rest.popFirst()
    {
      if let event = try await event(of: record) {
        events.append(event)
        bytes += event.data.count
      }
      last = record.sequence
      count += 1
    }
    if !events.isEmpty, await !deliver(events) { return false }
    lock.withLock {
      figures.position = last
      figures.trouble = nil
    }
    return true
  }

  // MARK: State and routes

  private func findRoutes(at position: UInt64) async throws(NuriError) {
    let start = try await world.feedState(at: position)
    take(start.graph(seenBy: world))
    state = routes.isEmpty ? nil : start
    changesInState = 0
    batch = position + 1
  }

  private func take(_ graph: Graph) {
    // A filter that can't be read lets nothing through; none such is stored by the APIs.
    routes = graph.eventRoutes.filter { $0.endpoint == endpoint.name }.compactMap {
      try? EventFilter($0.filter)
    }
  }

  /// The event of a change that a route lets through, the change applied.
  private func event(of record: ChangeRecord) async throws(NuriError) -> CloudEvent? {
    defer { if record.endsBatch { batch = record.sequence + 1 } }
    if state == nil {
      guard record.change.isRoute else { return nil }
      state = try await world.feedState(at: record.sequence)
      return takeRoutes()
    }
    let draft = state.flatMap { maker.prepare(record, before: $0.graph(seenBy: world)) }
    let isWanted =
      draft.map { draft in routes.contains { $0.passes { maker.value(draft, $0) } != false } } ?? false
    try state?.pass(record, through: []) { _, _ in }
    changesInState += 1
    if record.change.isRoute { return takeRoutes() }
    guard isWanted, let draft, let graph = state?.graph(seenBy: world),
      let event = maker.finish(draft, after: graph, batch: batch)
    else { return nil }
    return passes(event, draft) ? event : nil
  }

  /// A change of routes is no event itself; with the last route gone there is no need for a state.
  private func takeRoutes() -> CloudEvent? {
    if let state { take(state.graph(seenBy: world)) }
    if routes.isEmpty { state = nil }
    return nil
  }

  private func passes(_ event: CloudEvent, _ draft: EventMaker.Draft) -> Bool {
    var document: JSONDocument?
    return routes.contains { filter in
      let passes = filter.passes { name in
        if let value = maker.value(draft, name) { return value }
        if document == nil { document = (try? JSONDocument(event.data)) ?? JSONDocument() }
        return document.map { EventMaker.value(in: $0.root, name.dropFirst()) }
      }
      return passes ?? false
    }
  }

  /// Once caught up, shares pages with the world again, now and then: else both would keep their own copies.
  private func shareState() async throws(NuriError) {
    guard state != nil, changesInState >= EventLimits.changesPerState else { return }
    let snapshot = try await world.snapshot()
    guard snapshot.sequence == state?.position else { return }
    state = FeedState(snapshot)
    changesInState = 0
  }

  // MARK: Delivery

  /// Delivers events in order of their twins; `false` when it was stopped before.
  private func deliver(_ events: [CloudEvent]) async -> Bool {
    if sender.together > 1 {
      var rest = events[...]
      while !rest.isEmpty {
        guard await deliver(rest.prefix(sender.together)) else { return false }
        rest = rest.dropFirst(sender.together)
      }
      return true
    }
    var lanes = [[CloudEvent]](repeating: [], count: max(1, endpoint.lanes))
    for event in events {
      lanes[Int(UInt(bitPattern: event.twin.hashValue) % UInt(lanes.count))].append(event)
    }
    return await withTaskGroup(of: Bool.self) { group in
      for lane in lanes where !lane.isEmpty {
        group.addTask {
          for index in lane.indices {
            guard await self.deliver(lane[index...index]) else { return false }
          }
          return true
        }
      }
      return await group.reduce(true) { $0 && $1 }
    }
  }

  /// Brings one request's events to the endpoint or, at last, to the dead letters; `false` when it was stopped before.
  private func deliver(_ events: ArraySlice<CloudEvent>) async -> Bool {
    var attempts = 0
    while !isStopped {
      let outcome = await sender.send(events)
      attempts += 1
      switch outcome {
      case .delivered:
        lock.withLock { figures.delivered += UInt64(events.count) }
        return true
      case .never(let reason, let inParts):
        guard inParts, events.count > 1 else { return await bury(events, reason, attempts) }
        let middle = events.startIndex + events.count / 2
        guard await deliver(events[..<middle]) else { return false }
        return await deliver(events[middle...])
      case .later(let reason, let asked):
        lock.withLock { figures.trouble = reason }
        if attempts >= endpoint.retry.attempts || isOld(events) {
          return await bury(events, reason, attempts)
        }
        lock.withLock { figures.retried += 1 }
        let delay = endpoint.retry.delay(after: attempts, asked: asked, chance: kit.clock.chance())
        await kit.pause(delay) { self.isStopped }
      }
    }
    return false
  }

  private func isOld(_ events: ArraySlice<CloudEvent>) -> Bool {
    let oldest = kit.calendar.now().microseconds - endpoint.retry.ageSeconds * 1_000_000
    return events.allSatisfy { $0.time.microseconds < oldest }
  }

  /// Lays events among the dead letters. While the disk refuses, nothing goes on: they would be lost.
  private func bury(_ events: ArraySlice<CloudEvent>, _ reason: String, _ attempts: Int) async -> Bool {
    let at = kit.calendar.now()
    let letters = events.map { DeadLetter($0, reason, attempts: attempts, at: at) }
    while !isStopped {
      do throws(NuriError) {
        let dropped = try await kit.files.run { () throws(NuriError) in try self.folder.add(letters) }
        lock.withLock {
          figures.dead += UInt64(letters.count)
          figures.dropped += UInt64(dropped)
        }
        return true
      } catch {
        lock.withLock { figures.trouble = error.description }
        await kit.pause(1000) { self.isStopped }
      }
    }
    return false
  }

  /// Tries dead letters once more, oldest first, until all were tried or the time is up. Those that fail again stay
  /// where they are.
  func redeliver(milliseconds: Int64) async throws(NuriError) -> Redelivery {
    let isAlone = lock.withLock {
      defer { isRedelivering = true }
      return !isRedelivering
    }
    guard isAlone else {
      throw NuriError(
        .conflict, "The dead letters of \"\(endpoint.name)\" are being delivered again already.",
        advice: "Look at them when that is over.")
    }
    defer { lock.withLock { isRedelivering = false } }
    let end = kit.clock.milliseconds() + milliseconds
    let files = try await kit.files.run {
      // What dies from now on goes into a new file.
      self.folder.closeFile()
      return self.folder.files
    }
    var result = Redelivery()
    for file in files {
      let letters = try await kit.files.run { () throws(NuriError) in try self.folder.letters(in: file) }
      var left: [DeadLetter] = []
      for letter in letters {
        guard !isStopped, kit.clock.milliseconds() < end else {
          left.append(letter)
          continue
        }
        switch await sender.send([letter.event]) {
        case .delivered: continue
        case .later(let reason, _), .never(let reason, _):
          left.append(
            DeadLetter(letter.event, reason, attempts: letter.attempts + 1, at: kit.calendar.now()))
        }
      }
      let kept = left
      // A crash before this makes events come twice, and loses none.
      try await kit.files.run { () throws(NuriError) in try self.folder.replace(file, with: kept) }
      result.delivered += letters.count - kept.count
      result.left += kept.count
      let done = UInt64(letters.count - kept.count)
      lock.withLock { figures.delivered += done }
    }
    return result
  }
}

extension Change {
  /// Whether the change is about an event route.
  fileprivate var isRoute: Bool {
    switch self {
    case .putEventRoute, .deleteEventRoute: true
    default: false
    }
  }
}
