import TwinEngine
import TwinIdentity
import TwinValues

/// Short-lived credentials that are good once: browsers can't send header fields with a WebSocket or an event stream.
/// Any thread.
///
/// `@unchecked Sendable`: `tickets` is touched only while holding `lock`.
final class Tickets: @unchecked Sendable {
  /// Tickets that wait to be used.
  static let waiting = 10_000

  private struct Ticket {
    let principal: Principal
    let holds: @Sendable () -> Bool
    let endNanoseconds: UInt64
  }

  private let seconds: Int
  private let lock = Lock()
  private var tickets: [Digest: Ticket] = [:]

  init(seconds: Int) { self.seconds = seconds }

  /// Makes a ticket for a principal, good as long as `holds`.
  /// - Throws: `NuriError` with code `limitExceeded`, or when there is no randomness.
  func issue(
    to principal: Principal, nowNanoseconds now: UInt64, holds: @escaping @Sendable () -> Bool
  ) throws(NuriError) -> String {
    let text = try SecureRandom.letters(32)
    let ticket = Ticket(
      principal: principal, holds: holds, endNanoseconds: now + UInt64(seconds) * 1_000_000_000)
    try lock.withLock { () throws(NuriError) in
      if tickets.count >= Self.waiting { tickets = tickets.filter { $0.value.endNanoseconds > now } }
      guard tickets.count < Self.waiting else {
        throw NuriError(
          .limitExceeded, "\(Self.waiting) tickets wait to be used.", advice: "Try again in a moment.")
      }
      tickets[SHA256.hash(text)] = ticket
    }
    return text
  }

  /// Whose ticket it is and how long that holds; and it is used up.
  func redeem(
    _ text: String, nowNanoseconds now: UInt64
  ) -> (principal: Principal, holds: @Sendable () -> Bool)? {
    let key = SHA256.hash(text)
    guard let ticket = lock.withLock({ tickets.removeValue(forKey: key) }), ticket.endNanoseconds > now,
      ticket.holds()
    else { return nil }
    return (ticket.principal, ticket.holds)
  }
}
