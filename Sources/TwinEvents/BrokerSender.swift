import TwinClients
import TwinValues

/// Publishes events to a broker.
final class BrokerSender: EventSender {
  private let target: MQTTTarget
  private let endpoint: String
  private let client: MQTTClient

  init(_ target: MQTTTarget, _ endpoint: String, _ clock: any ClientClock) throws(NuriError) {
    self.target = target
    self.endpoint = endpoint
    client = try MQTTClient(target.broker, clock: clock)
  }

  var together: Int { 1 }

  func close() { client.close() }

  func send(_ events: ArraySlice<CloudEvent>) async -> SendOutcome {
    do throws(NuriError) {
      try await client.connected()
      for event in events { try await client.publish(message(event)) }
      return .delivered
    } catch {
      // What the broker says no to may be a right that somebody is about to give; the number of tries ends it.
      if error.code == .invalidCall { return .never(error.description, inParts: false) }
      return .later(error.description, milliseconds: nil)
    }
  }

  private func message(_ event: CloudEvent) -> MQTTMessage {
    let topic = EventTopic.text(target.topic, event, endpoint)
    let isBinary = target.format == .binary && target.broker.version == .v5
    var message = MQTTMessage(
      topic: topic, payload: isBinary ? event.data : event.json, quality: target.quality,
      contentType: isBinary ? CloudEvent.contentType : "application/cloudevents+json; charset=utf-8")
    if isBinary {
      message.properties =
        [HTTPField("specversion", CloudEvent.version)]
        + event.attributes.filter { $0.name != "datacontenttype" }
    }
    return message
  }
}

/// Topics made of a template.
enum EventTopic {
  static func text(_ template: String, _ event: CloudEvent, _ endpoint: String) -> String {
    let last = event.kind.rawValue.split(separator: ".").last.map { String($0) } ?? ""
    let kind =
      switch event.kind {
      case .twinCreate, .twinUpdate, .twinDelete: "twin"
      case .relationshipCreate, .relationshipUpdate, .relationshipDelete: "relationship"
      case .telemetry: "telemetry"
      }
    let values = ["{twin}": event.twin, "{type}": last, "{kind}": kind, "{endpoint}": endpoint]
    var topic = ""
    var rest = template[...]
    while let open = rest.firstIndex(of: "{") {
      topic += rest[..<open]
      rest = rest[open...]
      if let name = values.keys.first(where: { rest.hasPrefix($0) }) {
        topic += encoded(values[name] ?? "")
        rest = rest.dropFirst(name.count)
      } else {
        topic += "{"
        rest = rest.dropFirst()
      }
    }
    return topic + rest
  }

  /// `/`, `+`, `#`, `%` and control characters percent-encoded: they would change what the topic means.
  private static func encoded(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      if "/+#%".unicodeScalars.contains(scalar) || scalar.value < 0x20 || scalar.value == 0x7f {
        let hex = String(scalar.value, radix: 16, uppercase: true)
        result += "%" + (hex.utf8.count < 2 ? "0" : "") + hex
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
