import TwinClients
import TwinEngine
import TwinIdentity
import TwinValues

/// Sends events by HTTP.
///
/// `@unchecked Sendable`: `permission` and `nextAllowed` are touched only while holding `lock`.
final class WebhookSender: EventSender, @unchecked Sendable {
  private let target: WebhookTarget
  private let client: HTTPClient
  private let clock: any ClientClock
  private let calendar: any WorldClock
  private let lock = Lock()
  /// Milliseconds between requests that the receiver allowed us; `nil` until it was asked.
  private var permission: Int64?
  private var nextAllowed: Int64 = 0

  init(_ target: WebhookTarget, _ client: HTTPClient, _ clock: any ClientClock, _ calendar: any WorldClock) {
    self.target = target
    self.client = client
    self.clock = clock
    self.calendar = calendar
    permission = target.origin == nil ? 0 : nil
  }

  var together: Int { target.format == .batched ? max(1, target.batch) : 1 }

  func close() {}

  func send(_ events: ArraySlice<CloudEvent>) async -> SendOutcome {
    do throws(NuriError) {
      if let refusal = try await askFirst() { return refusal }
      await keepPace()
      return outcome(try await client.send(call(events)))
    } catch {
      switch error.code {
      case .answerTooLarge: return .later("The receiver's answer is too long.", milliseconds: nil)
      case .invalidCall: return .never(error.description, inParts: false)
      default: return .later(error.description, milliseconds: nil)
      }
    }
  }

  private func outcome(_ answer: HTTPAnswer) -> SendOutcome {
    let said = "The receiver answered \(answer.status)."
    switch answer.status {
    case 200..<300: return .delivered
    case 408, 425, 429, 500...:
      return .later(said, milliseconds: RetryAfter.milliseconds(answer, calendar.now()))
    case 400, 413, 422: return .never(said, inParts: true)
    default: return .never(said, inParts: false)
    }
  }

  // MARK: Requests

  private func call(_ events: ArraySlice<CloudEvent>) -> HTTPCall {
    var call = HTTPCall("POST", target.url, headers: target.headers, trust: target.trust)
    call.limits.totalMilliseconds = target.milliseconds
    // The answer says nothing but its status.
    call.limits.answerBytes = 64 << 10
    let charset = "; charset=utf-8"
    var writer = JSONWriter()
    switch target.format {
    case .structured:
      for event in events { event.write(into: &writer) }
      call.headers.append(HTTPField("Content-Type", "application/cloudevents+json" + charset))
    case .batched:
      writer.beginArray()
      for event in events { event.write(into: &writer) }
      writer.endArray()
      call.headers.append(HTTPField("Content-Type", "application/cloudevents-batch+json" + charset))
    case .binary:
      for event in events {
        writer.raw(event.data)
        call.headers += BinaryFields.of(event)
      }
    }
    call.body = writer.bytes
    if let secret = target.secret {
      let seconds = calendar.now().microseconds / 1_000_000
      call.headers.append(
        HTTPField(EventSignature.header, EventSignature.text(call.headers, call.body, secret, at: seconds)))
    }
    return call
  }

  // MARK: Permission

  /// Asks the receiver whether it wants events from us, until it has said yes. `nil` when they may be sent.
  private func askFirst() async throws(NuriError) -> SendOutcome? {
    guard let origin = target.origin, lock.withLock({ permission }) == nil else { return nil }
    var call = HTTPCall("OPTIONS", target.url, headers: target.headers, trust: target.trust)
    call.headers.append(HTTPField("WebHook-Request-Origin", origin))
    call.limits.totalMilliseconds = target.milliseconds
    let answer = try await client.send(call)
    let allowed = answer.header("webhook-allowed-origin")
    guard (200..<300).contains(answer.status), allowed == "*" || allowed == origin else {
      return .later(
        "The receiver does not allow events from \"\(origin)\": it answered OPTIONS with \(answer.status).",
        milliseconds: nil)
    }
    let perMinute = answer.header("webhook-allowed-rate").flatMap { Int64($0) } ?? 0
    lock.withLock { permission = perMinute > 0 ? max(1, 60_000 / perMinute) : 0 }
    return nil
  }

  /// Waits until the rate we were allowed lets us.
  private func keepPace() async {
    let wait = lock.withLock { () -> Int64 in
      guard let permission, permission > 0 else { return 0 }
      let now = clock.milliseconds()
      let turn = max(now, nextAllowed)
      nextAllowed = turn + permission
      return turn - now
    }
    if wait > 0 { await clock.pause(milliseconds: wait) }
  }
}

/// A receiver's wish to be left alone for a while (RFC 9110, §10.2.3).
enum RetryAfter {
  static func milliseconds(_ answer: HTTPAnswer, _ now: Instant) -> Int64? {
    guard let text = answer.header("retry-after") else { return nil }
    if let seconds = Int64(text), seconds >= 0 { return min(seconds, 1 << 32) * 1000 }
    guard let instant = HTTPDate.instant(text) else { return nil }
    return max(0, (instant.microseconds - now.microseconds) / 1000)
  }
}

/// The date format of HTTP header fields (RFC 9110, §5.6.7), without its obsolete forms.
enum HTTPDate {
  static func instant(_ text: String) -> Instant? {
    let parts = text.split(separator: " ")
    guard parts.count == 6, parts[5] == "GMT", let month = months.firstIndex(of: String(parts[2])) else {
      return nil
    }
    let number = month + 1
    return try? Instant("\(parts[3])-\(number < 10 ? "0" : "")\(number)-\(parts[1])T\(parts[4])Z")
  }

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
}

/// An event's attributes as header fields (CloudEvents HTTP protocol binding, §3.1.3).
enum BinaryFields {
  static func of(_ event: CloudEvent) -> [HTTPField] {
    var fields = [HTTPField("ce-specversion", CloudEvent.version)]
    for attribute in event.attributes {
      if attribute.name == "datacontenttype" {
        fields.append(HTTPField("Content-Type", attribute.value))
      } else {
        fields.append(HTTPField("ce-\(attribute.name)", encoded(attribute.value)))
      }
    }
    return fields
  }

  /// Printable ASCII stays as it is, but for space, quote and percent sign; the bytes of all else are
  /// percent-encoded.
  static func encoded(_ text: String) -> String {
    var result = ""
    for byte in text.utf8 {
      if byte > 0x20, byte < 0x7f, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "%") {
        result.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        let hex = String(byte, radix: 16, uppercase: true)
        result += "%" + (hex.utf8.count < 2 ? "0" : "") + hex
      }
    }
    return result
  }
}
