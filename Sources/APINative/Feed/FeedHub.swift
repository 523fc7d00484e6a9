import TwinEngine
import TwinNet
import TwinValues

/// Who reads which feed, kept by the server as long as it runs: readers of the same world who want the same are told
/// together. It holds nothing of any world. Any thread.
///
/// `@unchecked Sendable`: `pumps` and `readers` are touched only while holding `lock`.
public final class FeedHub: @unchecked Sendable {
  private let lock = Lock()
  private var pumps: [ObjectIdentifier: FeedPump] = [:]
  private var readers: [ObjectIdentifier: Reader] = [:]
  private let heartbeatMilliseconds: Int
  private let executor = FeedExecutor()
  /// Where readers begin and catch up, one step of each after another.
  let arrivals = FeedExecutor()

  /// Makes a hub without readers.
  public init(heartbeatMilliseconds: Int = FeedLimits.heartbeatMilliseconds) {
    self.heartbeatMilliseconds = heartbeatMilliseconds
  }

  deinit {
    executor.stop()
    arrivals.stop()
  }

  /// A reader, and whether it may stay.
  private struct Reader: Sendable {
    let recall: Broadcast.Recall
    let holds: @Sendable () -> Bool
  }

  /// Readers there are.
  public var readerCount: Int { lock.withLock { readers.count } }

  /// Takes out the readers whose credential has ended: each is told `closed`. Call it about once a second.
  public func recallEnded() {
    let all = lock.withLock { Array(readers.values) }
    for reader in all where !reader.holds() { reader.recall.call() }
  }

  /// One reader's place in its group; give it back with `leave`.
  struct Seat: Sendable {
    let group: FeedGroup
    let pump: FeedPump
  }

  /// - Throws: `NuriError` with code `invalidQuery`, or when the world can't be read.
  func join(
    _ world: WorldSession, _ key: FeedGroup.Key, _ recall: Broadcast.Recall,
    _ holds: @escaping @Sendable () -> Bool
  ) async throws(NuriError) -> Seat {
    while true {
      let pump = try pump(world)
      if let group = try await pump.join(world, key) {
        lock.withLock { readers[ObjectIdentifier(recall)] = Reader(recall: recall, holds: holds) }
        return Seat(group: group, pump: pump)
      }
      forget(pump)
    }
  }

  func leave(_ seat: Seat, _ recall: Broadcast.Recall) {
    lock.withLock { readers[ObjectIdentifier(recall)] = nil }
    guard seat.pump.leave(seat.group) else { return }
    forget(seat.pump)
    seat.pump.stop()
  }

  private func pump(_ world: WorldSession) throws(NuriError) -> FeedPump {
    try lock.withLock { () throws(NuriError) in
      if let pump = pumps[world.identity] { return pump }
      let pump = try FeedPump(world, heartbeatMilliseconds: heartbeatMilliseconds)
      pumps[world.identity] = pump
      pump.start(on: executor)
      return pump
    }
  }

  private func forget(_ pump: FeedPump) {
    lock.withLock {
      if pumps[pump.world.identity] === pump { pumps[pump.world.identity] = nil }
    }
  }
}
