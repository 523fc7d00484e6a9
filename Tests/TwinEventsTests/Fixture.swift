import Foundation
import ProofServers
import Testing
import TwinClients
import TwinEngine
import TwinEvents
import TwinGraph
import TwinLog
import TwinValues

let models = """
  [{"@context": "dtmi:dtdl:context;3", "@id": "dtmi:test:Room;1", "@type": "Interface", "contents": [
    {"@type": "Property", "name": "temperature", "schema": "double", "writable": true},
    {"@type": "Property", "name": "label", "schema": "string"},
    {"@type": "Component", "name": "sensor", "schema": "dtmi:test:Sensor;1"},
    {"@type": "Relationship", "name": "leadsTo", "properties": [
      {"@type": "Property", "name": "width", "schema": "double"},
      {"@type": "Property", "name": "user", "schema": "string"}]}]},
   {"@context": "dtmi:dtdl:context;3", "@id": "dtmi:test:Room;2", "@type": "Interface", "contents": [
    {"@type": "Property", "name": "temperature", "schema": "double"}]},
   {"@context": "dtmi:dtdl:context;3", "@id": "dtmi:test:Sensor;1", "@type": "Interface", "contents": [
    {"@type": "Property", "name": "battery", "schema": "integer"},
    {"@type": "Telemetry", "name": "beep", "schema": "integer"}]}]
  """

let room = "dtmi:test:Room;1"
let secret = Array("a secret of some length".utf8)

/// A world on the real disk, with models, and a folder for everything else.
final class Fixture: Sendable {
  let folder: TemporaryFolder
  let engine: Engine
  let session: Session

  init() throws {
    folder = try TemporaryFolder()
    engine = try Engine.create(at: "\(folder.path)/data")
    session = Session(engine, as: .owner("test"))
    let document = try JSONDocument(models)
    var each: [[UInt8]] = []
    for element in document.root.elements {
      var writer = JSONWriter()
      writer.node(element)
      each.append(writer.bytes)
    }
    try write(.addModels(each))
  }

  /// The same folder in a new engine.
  init(again folder: TemporaryFolder) throws {
    self.folder = folder
    engine = try Engine.open("\(folder.path)/data")
    session = Session(engine, as: .owner("test"))
  }

  deinit { try? engine.close() }

  @discardableResult
  func write(_ changes: Change..., reason: String = "", observed: Instant? = nil) throws -> Receipt {
    try engine.world().write(
      Batch(
        cause: Cause(actor: "test", reason: reason),
        operations: changes.map { Operation($0, observed: observed) }))
  }

  func put(_ id: String, _ properties: PropertyEdit..., model: String = room) throws {
    try write(.putTwin(id: id, model: model, properties: properties))
  }

  func set(_ id: String, _ temperature: Double) throws {
    try write(.patchTwin(id: id, edits: [PropertyEdit("temperature", .double(temperature))]))
  }

  func route(_ endpoint: String, _ filter: String = "true", id: String = "all") throws {
    try write(.putEventRoute(EventRoute(id: id, endpoint: endpoint, filter: filter)))
  }

  func delivery(_ endpoints: EventEndpoint...) throws -> EventDelivery {
    try EventDelivery(
      session, endpoints: endpoints, source: "twins.example", folder: "\(folder.path)/data/events",
      clients: EventClients(http: try HTTPClient()))
  }
}

extension EventEndpoint {
  /// Tries again quickly.
  static func hook(
    _ receiver: Receiver, _ certificates: Certificates? = nil, name: String = "hub", attempts: Int = 8,
    _ change: (inout WebhookTarget) -> Void = { _ in }
  ) -> EventEndpoint {
    var target = WebhookTarget(url: "\(receiver.address)/hook", secret: secret)
    target.trust.authorityFile = certificates?.authority
    change(&target)
    return EventEndpoint(
      name: name, target: .webhook(target),
      retry: EventRetry(attempts: attempts, firstMilliseconds: 10, longestMilliseconds: 200))
  }
}

extension Receiver {
  /// The events it took, in order.
  func events() throws -> [Event] {
    try entries().filter { $0.method == "POST" && $0.status == 200 }.flatMap { entry in
      let document = try JSONDocument(entry.body)
      let root = document.root
      return root.kind == .array ? root.elements.map { Event($0) } : [Event(root)]
    }
  }

  /// Whether every request was signed with the secret, lately.
  func isSigned() throws -> Bool {
    let now = Int64(Date().timeIntervalSince1970)
    return try entries().filter { $0.method == "POST" }.allSatisfy { entry in
      EventSignature.holds(
        entry.headers["nuri-signature"] ?? "", entry.headers.map { HTTPField($0.key, $0.value) }, entry.body,
        secret,
        now: now)
    }
  }
}

/// What a test asks of an event.
struct Event: Hashable {
  let type: String
  let subject: String
  let source: String
  let id: String
  let data: String
  let all: [String: String]

  init(_ root: JSONNode) {
    func text(_ name: String) -> String { root[name]?.string ?? "" }
    type = text("type").split(separator: ".").suffix(2).joined(separator: ".")
    subject = text("subject")
    source = text("source")
    id = text("id")
    var writer = JSONWriter()
    if let data = root["data"] { writer.node(data) }
    data = writer.text
    all = Dictionary(root.members.map { ($0.key, $0.value.string ?? "") }) { first, _ in first }
  }
}
