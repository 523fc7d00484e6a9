import TwinEngine
import TwinGraph
import TwinNet
import TwinValues

/// Where one reader takes its feed.
protocol FeedOutlet: Sendable {
  /// Sends whole events and waits until the reader has taken enough of what was sent before.
  func send(_ bytes: [UInt8]) async throws(NuriError)
  /// Joins those who are told together.
  func follow(
    _ broadcast: Broadcast, after position: UInt64, until recall: Broadcast.Recall?
  ) async -> Broadcast.Exit
}

extension EventWriter: FeedOutlet {
  func send(_ bytes: [UInt8]) async throws(NuriError) { try await send(encoded: bytes) }
}

extension WebSocket: FeedOutlet {
  func send(_ bytes: [UInt8]) async throws(NuriError) { try await send(frames: bytes) }
}

/// One reader's way through a feed: snapshot, what it missed, and then what is told to all of its group.
///
/// Its position says at every moment which changes it has been sent. It moves on by itself (from the log, or from what
/// is in memory) until it stands where its group stands, joins it, and falls back to its own pace when it is too slow.
///
/// Nearly all of its time a reader waits, and there may be very many. What it does meanwhile is done in tasks of their own,
/// whose memory goes with them; the one that waits keeps this reference and a position.
final class FeedStream: Sendable {
  private let world: WorldSession
  private let hub: FeedHub
  private let form: FeedForm
  private let request: FeedRequest
  private let outlet: any FeedOutlet
  /// Whether the credential that opened the feed still would.
  private let holds: @Sendable () -> Bool
  private let recall = Broadcast.Recall()

  init(
    _ world: WorldSession, _ hub: FeedHub, _ form: FeedForm, _ request: FeedRequest, _ outlet: any FeedOutlet,
    holds: @escaping @Sendable () -> Bool
  ) {
    self.world = world
    self.hub = hub
    self.form = form
    self.request = request
    self.outlet = outlet
    self.holds = holds
  }

  /// Runs until the reader leaves, the world closes or the reader's credential ends.
  func run() async throws(NuriError) {
    do throws(NuriError) {
      try await stayAndFollow()
    } catch {
      guard error.code == .recalled else { throw error }
      try await note(
        "closed", id: nil, [], reason: "The credential that opened the feed is not valid any more.")
    }
  }

  /// - Throws: `recalled` once the credential has ended.
  private func stay() throws(NuriError) {
    if recall.isCalled { throw NuriError(.recalled, "The credential is not valid any more.") }
  }

  private func stayAndFollow() async throws(NuriError) {
    var (seat, position) = try await apart { () async throws(NuriError) in try await self.arrive() }
    defer { hub.leave(seat, recall) }
    while true {
      switch await outlet.follow(seat.group.broadcast, after: position, until: recall) {
      case .gone: return try stay()
      case .ended: return try await apart { () async throws(NuriError) in try await self.noteEnd() }
      case .behind(let reached, let wasLive):
        let broadcast = seat.group.broadcast
        position = try await apart { () async throws(NuriError) in
          if wasLive { try await self.noteLag(reached) }
          return try await self.catchUp(from: reached, nil, to: broadcast)
        }
      }
    }
  }

  /// Runs `body` as a task of its own on the thread for that, cancelled with this one, and waits for it.
  private func apart<R: Sendable>(
    _ body: @escaping @Sendable () async throws(NuriError) -> R
  ) async throws(NuriError) -> R {
    let task = Task(executorPreference: hub.arrivals) { () async -> Result<R, NuriError> in
      do throws(NuriError) { return .success(try await body()) } catch { return .failure(error) }
    }
    let result = await withTaskCancellationHandler {
      await task.value
    } onCancel: {
      task.cancel()
    }
    return try result.get()
  }

  private func noteEnd() async throws(NuriError) {
    try await note("closed", id: nil, [], reason: "The world was closed or discarded.")
  }

  /// Tells the reader that it is too slow, and where it stands.
  private func noteLag(_ position: UInt64) async throws(NuriError) {
    let newest = world.sequence
    try await note(
      "lagging", id: nil,
      [("from", position + 1), ("newest", newest), ("behind", newest - min(newest, position))],
      reason: "Events are not taken as fast as they come; they go on from the log.")
  }

  /// Takes a seat, begins and catches up. Nothing holds the state it began with once that is done.
  private func arrive() async throws(NuriError) -> (FeedHub.Seat, UInt64) {
    let seat = try await hub.join(
      world, FeedGroup.Key(filter: request.filter, form: form, principal: world.principal), recall, holds)
    do throws(NuriError) {
      let (position, snapshot) = try await begin()
      return (seat, try await catchUp(from: position, snapshot, to: seat.group.broadcast))
    } catch {
      hub.leave(seat, recall)
      throw error
    }
  }

  // MARK: Beginning

  /// Where the reader stands once it was told so, and with it the state there when that was at hand.
  private func begin() async throws(NuriError) -> (UInt64, Snapshot?) {
    let newest = try await world.snapshot()
    var position = newest.sequence
    var sendsSnapshot = request.wantsSnapshot
    if case .after(let wanted) = request.start {
      if wanted <= newest.sequence, wanted + 1 >= world.oldestChange {
        position = wanted
        sendsSnapshot = sendsSnapshot && !request.isReturning
      } else {
        try await note(
          "reset", id: nil, [("position", wanted), ("from", newest.sequence + 1)],
          reason: wanted > newest.sequence
            ? "The world has not come so far: it was brought back from a backup."
            : "The log does not reach back so far.")
      }
    }
    if sendsSnapshot {
      try await send(newest)
      try await note("snapshot-end", id: position, [("sequence", position)])
    } else {
      try await note("ready", id: position, [("from", position + 1), ("newest", newest.sequence)])
    }
    let needsState = request.filter.needsState || world.isBound
    return (position, position == newest.sequence && needsState ? newest : nil)
  }

  private func note(
    _ name: String, id: UInt64?, _ members: [(String, UInt64)], reason: String? = nil
  ) async throws(NuriError) {
    var bytes: [UInt8] = []
    form.append(name, id: id, FeedText.note(name, world: world.name, members, reason: reason), to: &bytes)
    try await outlet.send(bytes)
  }

  /// Sends the twins the filter lets through, and their relationships when they are wanted too.
  private func send(_ snapshot: Snapshot) async throws(NuriError) {
    let sieve = try FeedSieve(request.filter, as: world)
    let kinds = request.filter.kinds
    let hasRelationships = request.filter.query == nil && (kinds.isEmpty || kinds.contains(.putRelationship))
    let graph = snapshot.graph
    var bytes: [UInt8] = []
    var looked = 0
    for slot in 0..<graph.twinSlots {
      looked += 1
      // Others get their turn.
      if looked % FeedLimits.twinsPerTurn == 0 {
        try stay()
        await Task.yield()
      }
      guard let twin = graph.twin(slot: slot), let row = sieve.row(of: twin, in: graph) else { continue }
      let id = graph.id(of: twin)
      form.append(
        "twin", id: nil,
        FeedText.twin(id, model: graph.model(of: twin), row: row, world: world.name), to: &bytes)
      if hasRelationships {
        for relationship in graph.outgoing(twin) {
          let json = FeedText.relationship(relationship, of: id, in: graph, world: world.name)
          form.append("relationship", id: nil, json, to: &bytes)
        }
      }
      if bytes.count >= FeedLimits.pieceBytes {
        try await outlet.send(bytes)
        bytes = []
      }
    }
    if !bytes.isEmpty { try await outlet.send(bytes) }
  }

  // MARK: Catching up

  /// Sends what the reader missed until it stands where its group does.
  private func catchUp(
    from position: UInt64, _ snapshot: Snapshot?, to broadcast: Broadcast
  ) async throws(NuriError) -> UInt64 {
    if position >= broadcast.position { return position }
    let reader = try world.feed(request.filter, after: position, from: snapshot)
    var bytes: [UInt8] = []
    while reader.position < broadcast.position {
      guard let part = try await reader.next() else { return reader.position }
      for event in part.events {
        form.append(event.name, id: event.record.sequence, event.json(world: world.name), to: &bytes)
        if bytes.count < FeedLimits.pieceBytes { continue }
        try await outlet.send(bytes)
        bytes = []
      }
      if !bytes.isEmpty { try await outlet.send(bytes) }
      bytes = []
      try stay()
      await Task.yield()
    }
    return reader.position
  }
}

extension NuriError.Code {
  /// A reader whose credential has ended. Readers see it as `closed`.
  static let recalled = Self("recalled")
}
