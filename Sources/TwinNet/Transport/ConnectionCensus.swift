import TwinValues

/// Counts open connections in all and by peer, and says whether one more is welcome. Any thread.
///
/// `@unchecked Sendable`: both counts are read and written under `lock` only.
final class ConnectionCensus: @unchecked Sendable {
  private let lock = Lock()
  private let limit: Int
  private let limitPerPeer: Int
  private var total = 0
  private var byPeer: [String: Int] = [:]

  init(limit: Int, limitPerPeer: Int) {
    self.limit = limit
    self.limitPerPeer = limitPerPeer
  }

  /// How many connections are open.
  var open: Int { lock.withLock { total } }

  /// Counts a connection in; `false` when it is one too many, and then it was not counted.
  func admit(_ host: String) -> Bool {
    lock.withLock {
      let here = byPeer[host, default: 0]
      if total >= limit || here >= limitPerPeer { return false }
      total += 1
      byPeer[host] = here + 1
      return true
    }
  }

  /// Counts a connection out.
  func leave(_ host: String) {
    lock.withLock {
      total -= 1
      let here = byPeer[host, default: 1] - 1
      byPeer[host] = here > 0 ? here : nil
    }
  }
}
