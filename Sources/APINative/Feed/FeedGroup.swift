import TwinEngine
import TwinGraph
import TwinNet
import TwinValues

/// The readers of one world's feed who hear the same: an event is filtered and put into bytes once for all of them.
///
/// `@unchecked Sendable`: `readers` is touched only while holding the pump's lock, the rest by the pump's task alone.
final class FeedGroup: @unchecked Sendable {
  /// What makes readers hear the same.
  struct Key: Hashable, Sendable {
    let filter: FeedFilter
    let form: FeedForm
    /// Policies may show each principal something else.
    let principal: Principal
  }

  let key: Key
  let broadcast: Broadcast
  let sieve: FeedSieve
  /// Whether it has to see the state around each change; policies may make it so later.
  private(set) var needsState: Bool
  var readers = 0
  private let world: String
  private var told: UInt64 = 0
  private var first: UInt64 = 0
  private var last: UInt64 = 0
  private var bytes: [UInt8] = []

  /// - Throws: `NuriError` with code `invalidQuery`.
  init(_ key: Key, _ session: WorldSession, heartbeatMilliseconds: Int) throws(NuriError) {
    self.key = key
    world = session.name
    sieve = try FeedSieve(key.filter, as: session)
    needsState = sieve.needsState
    let form = key.form
    broadcast = Broadcast(heartbeatMilliseconds: form == .events ? heartbeatMilliseconds : 0) {
      form.heartbeat($0)
    }
  }

  /// Whether policies made since let it go on only with the state around each change: `true` once.
  func isNewlyBound() -> Bool {
    guard !needsState, sieve.needsState else { return false }
    needsState = true
    return true
  }

  /// The group hears everything after `position`.
  func open(at position: UInt64) {
    told = position
    broadcast.open(at: position)
  }

  /// Takes an event; what is enough for one piece is sent.
  func add(_ event: FeedEvent) {
    if bytes.isEmpty { first = event.record.sequence }
    last = event.record.sequence
    key.form.append(event.name, id: last, event.json(world: world), to: &bytes)
    if bytes.count >= FeedLimits.pieceBytes { send(through: last) }
  }

  /// Sends what was taken; the group has heard everything up to `position`.
  func flush(through position: UInt64) {
    if bytes.isEmpty { broadcast.reach(position) } else { send(through: position) }
  }

  private func send(through position: UInt64) {
    broadcast.publish(Broadcast.Piece(after: told, first: first, through: position, bytes: bytes))
    told = position
    bytes = []
  }
}

/// Limits of feeds.
public enum FeedLimits {
  /// Events are sent in pieces of about so many bytes.
  public static let pieceBytes = 32 << 10
  /// Twins of a snapshot looked at before other connections get their turn.
  public static let twinsPerTurn = 256
  /// A reader to whom nothing was sent for so long is sent how far the feed has come.
  public static let heartbeatMilliseconds = 15_000
  /// Patterns, models, properties and kinds in one filter.
  public static let filterTerms = 64
  /// How long a browser should wait before it comes back.
  public static let retryMilliseconds = 1000
}
