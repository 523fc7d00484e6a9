import TwinNet
import TwinValues

/// One person's WebSocket: takes where the person looks, tells what is new of the others.
struct PresenceVisit: Sendable {
  let hub: PresenceHub
  let person: PresenceHub.Person
  let socket: WebSocket
  let clock: @Sendable () -> Instant

  /// Runs until the person leaves, or may not stay.
  func run() async {
    let telling = Task { await tell() }
    await listen()
    hub.leave(person)
    telling.cancel()
    await telling.value
  }

  private func tell() async {
    for await _ in person.rings {
      for message in hub.news(for: person) {
        do { try await socket.send(.text(message)) } catch { return }
      }
    }
    if !person.mayStay {
      await socket.close(.policyViolation, reason: "You may not be here any more.")
    }
  }

  private func listen() async {
    var allowance = Allowance(now: clock())
    while let message = await socket.receive() {
      guard person.mayStay else {
        return await socket.close(.policyViolation, reason: "You may not be here any more.")
      }
      guard allowance.take(now: clock()) else {
        return await socket.close(
          .policyViolation, reason: "More than \(PresenceLimits.messagesPerSecond) messages a second.")
      }
      guard case .text(let text) = message, let document = try? JSONDocument(text),
        let view = document.root["view"], view.kind == .object
      else { return await socket.close(.invalidData, reason: "A message is {\"view\": {…}}.") }
      hub.move(person, to: Array(view.sourceText.utf8))
    }
  }
}

/// How many messages may still come.
struct Allowance {
  private var left = Double(PresenceLimits.messageBurst)
  private var last: Instant

  init(now: Instant) { last = now }

  /// Takes one, if there is one.
  mutating func take(now: Instant) -> Bool {
    let seconds = Double(max(0, now.microseconds - last.microseconds)) / 1_000_000
    left = min(
      Double(PresenceLimits.messageBurst), left + seconds * Double(PresenceLimits.messagesPerSecond))
    last = max(last, now)
    if left < 1 { return false }
    left -= 1
    return true
  }
}
