public import TwinValues

/// Tokens that were checked a moment ago, by the SHA-256 of their text: a hot token costs a hash instead of a
/// signature. One thread at a time: a loop keeps its own.
///
/// A token is forgotten when it ends, and after `secondsKept` at the latest, so that an issuer's withdrawn key stops
/// working; call `removeAll` when a key set changes. Refused tokens are not remembered.
public struct VerifiedTokenCache: Sendable {
  private struct Entry {
    let token: VerifiedToken
    let from: Instant
    let until: Instant
  }

  private let capacity: Int
  private let kept: Int64
  private var entries: [Digest: Entry] = [:]
  /// Keys in the order they came, in a ring; the oldest makes room.
  private var order: [Digest] = []
  private var oldest = 0

  /// Makes one.
  public init(capacity: Int = 1024, secondsKept: Int = 60) {
    self.capacity = max(1, capacity)
    kept = Int64(max(0, secondsKept)) * 1_000_000
  }

  /// How many tokens it holds.
  public var count: Int { entries.count }

  /// What was found out about a token; `nil` when that is not known, or too long ago.
  public func token(_ text: String, now: Instant) -> VerifiedToken? {
    guard let entry = entries[SHA256.hash(text)], entry.from <= now, now < entry.until else { return nil }
    return entry.token
  }

  /// Remembers a token that was checked at `now`.
  public mutating func insert(_ token: VerifiedToken, for text: String, now: Instant) {
    let until = Instant(microseconds: min(token.expires.microseconds, now.microseconds + kept))
    guard now < until else { return }
    let key = SHA256.hash(text)
    let isNew = entries.updateValue(Entry(token: token, from: now, until: until), forKey: key) == nil
    guard isNew else { return }
    if order.count < capacity {
      order.append(key)
    } else {
      entries[order[oldest]] = nil
      order[oldest] = key
      oldest = (oldest + 1) % capacity
    }
  }

  /// Forgets everything: after a key set or the configuration changed.
  public mutating func removeAll() {
    entries.removeAll()
    order.removeAll()
    oldest = 0
  }
}
