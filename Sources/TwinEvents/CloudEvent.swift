import TwinClients
public import TwinValues

/// An event as Azure Digital Twins tells it, in the form of CloudEvents 1.0.
public struct CloudEvent: Sendable {
  /// The seven kinds.
  public enum Kind: String, Sendable, CaseIterable {
    /// A twin was created.
    case twinCreate = "Microsoft.DigitalTwins.Twin.Create"
    /// A twin's properties or model changed.
    case twinUpdate = "Microsoft.DigitalTwins.Twin.Update"
    /// A twin was deleted.
    case twinDelete = "Microsoft.DigitalTwins.Twin.Delete"
    /// A relationship was created.
    case relationshipCreate = "Microsoft.DigitalTwins.Relationship.Create"
    /// A relationship's properties changed.
    case relationshipUpdate = "Microsoft.DigitalTwins.Relationship.Update"
    /// A relationship was deleted.
    case relationshipDelete = "Microsoft.DigitalTwins.Relationship.Delete"
    /// A twin told something.
    case telemetry = "microsoft.iot.telemetry"

    /// The group's name in filters of earlier versions of the Azure API: `$eventType`.
    var group: String {
      switch self {
      case .twinCreate, .twinDelete: "DigitalTwinLifecycleNotification"
      case .twinUpdate: "DigitalTwinChangeNotification"
      case .relationshipCreate, .relationshipUpdate, .relationshipDelete:
        "DigitalTwinRelationshipChangeNotification"
      case .telemetry: "DigitalTwinTelemetryMessages"
      }
    }
  }

  /// What kind it is: the attribute `type`.
  public let kind: Kind
  /// Unique together with `source`; the same whenever the event is made again.
  public let id: String
  /// The server's name; for telemetry with the twin's path behind it.
  public let source: String
  /// The twin, or `twin/relationships/relationship`; for telemetry the component, if it came from one.
  public let subject: String?
  /// When it happened.
  public let time: Instant
  /// For telemetry: the model of the twin or component it came from.
  public let dataSchema: String?
  /// Its place in a W3C trace: the changes of one batch share the trace.
  public let traceparent: String
  /// The change it tells of.
  public let sequence: UInt64
  /// The twin it is about, a relationship's source: events of one twin stay in order.
  public let twin: String
  /// What happened, as JSON.
  public let data: [UInt8]

  /// The attributes in the order they are written, but for `specversion` and `data`.
  var attributes: [HTTPField] {
    var fields = [HTTPField("id", id), HTTPField("source", source), HTTPField("type", kind.rawValue)]
    if let subject { fields.append(HTTPField("subject", subject)) }
    fields.append(HTTPField("time", time.description))
    if let dataSchema { fields.append(HTTPField("dataschema", dataSchema)) }
    fields.append(HTTPField("datacontenttype", Self.contentType))
    fields.append(HTTPField("traceparent", traceparent))
    fields.append(HTTPField("sequence", orderedSequence))
    return fields
  }

  static let version = "1.0"
  static let contentType = "application/json"

  /// The sequence as a text whose order is the numbers' (the CloudEvents extension `sequence`).
  private var orderedSequence: String {
    let digits = String(sequence)
    return String(repeating: "0", count: max(0, 15 - digits.utf8.count)) + digits
  }

  /// Writes the event in the JSON format of CloudEvents.
  public func write(into writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("specversion")
    writer.string(Self.version)
    for field in attributes {
      writer.key(field.name)
      writer.string(field.value)
    }
    writer.key("data")
    writer.raw(data)
    writer.endObject()
  }

  /// The event in the JSON format of CloudEvents.
  public var json: [UInt8] {
    var writer = JSONWriter(reserving: data.count + 512)
    write(into: &writer)
    return writer.bytes
  }
}

extension CloudEvent {
  /// Reads an event that `write` wrote.
  /// - Throws: `NuriError` with code `invalidJSON` for anything else.
  init(_ root: JSONNode) throws(NuriError) {
    func text(_ name: String) throws(NuriError) -> String {
      guard let text = root[name]?.string else {
        throw NuriError(.invalidJSON, "The event has no \"\(name)\".", at: root.place)
      }
      return text
    }
    guard let kind = Kind(rawValue: try text("type")), let data = root["data"] else {
      throw NuriError(.invalidJSON, "The event is of no known type.", at: root.place)
    }
    self.kind = kind
    id = try text("id")
    source = try text("source")
    subject = root["subject"]?.string
    time = try Instant(try text("time"))
    dataSchema = root["dataschema"]?.string
    traceparent = try text("traceparent")
    sequence = UInt64(try text("sequence")) ?? 0
    let whole = kind == .telemetry ? source : subject ?? ""
    twin = Self.twin(of: kind, whole)
    var writer = JSONWriter()
    writer.node(data)
    self.data = writer.bytes
  }

  /// The twin in a subject, or in a telemetry message's source.
  private static func twin(of kind: Kind, _ text: String) -> String {
    if kind == .telemetry {
      guard let range = text.firstRange(of: pathOfTwins) else { return "" }
      return String(text[range.upperBound...])
    }
    return String(text.prefix { $0 != "/" })
  }

  /// What stands between the server's name and the twin in the source of telemetry.
  static let pathOfTwins = "/digitaltwins/"
}
