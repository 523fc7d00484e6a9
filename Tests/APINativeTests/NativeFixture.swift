import APINative
import Testing
import TwinEngine
import TwinLog
import TwinNet
import TwinStorm
import TwinValues

/// A clock that a test moves by hand.
struct HandClock: WorldClock {
  let clock = SimulatedClock()
  func now() -> Instant { clock.now }
}

/// The models that tests use: a building, a room with a thermostat, a room that extends it.
let roomModels = """
  [{"@context": "dtmi:dtdl:context;3", "@id": "dtmi:test:Thermostat;1", "@type": "Interface", "contents": [
    {"@type": "Property", "name": "target", "schema": "double"}]},
   {"@context": "dtmi:dtdl:context;3", "@id": "dtmi:test:Building;1", "@type": "Interface", "contents": [
    {"@type": "Property", "name": "name", "schema": "string"}]},
   {"@context": "dtmi:dtdl:context;3", "@id": "dtmi:test:Room;1", "@type": "Interface", "contents": [
    {"@type": "Property", "name": "temperature", "schema": "double"},
    {"@type": "Property", "name": "site", "schema": {"@type": "Object", "fields": [
      {"name": "city", "schema": "string"}, {"name": "floor", "schema": "integer"}]}},
    {"@type": "Component", "name": "thermostat", "schema": "dtmi:test:Thermostat;1"},
    {"@type": "Relationship", "name": "isPartOf", "properties": [
      {"@type": "Property", "name": "since", "schema": "string"}]}]},
   {"@context": "dtmi:dtdl:context;3", "@id": "dtmi:test:Office;1", "@type": "Interface",
    "extends": "dtmi:test:Room;1", "contents": []}]
  """

/// A fresh engine on a simulated disk behind the API.
final class NativeFixture: Sendable {
  let disk: SimulatedDisk
  let clock: HandClock
  let engine: Engine
  let services: NativeServices
  let failures = Failures()

  /// Failures of the server itself that were reported.
  final class Failures: Sendable {
    private let lock = Lock()
    // Touched only while holding the lock.
    private nonisolated(unsafe) var found: [NuriError] = []
    func add(_ error: NuriError) { lock.withLock { found.append(error) } }
    var all: [NuriError] { lock.withLock { found } }
  }

  init(seed: UInt64 = 1, tiles: (any TileSource)? = nil) throws {
    disk = SimulatedDisk(seed: seed)
    clock = HandClock()
    engine = try Engine.create(
      at: "data",
      options: EngineOptions(
        disk: disk, clock: clock,
        log: SegmentLogOptions(firstSegmentBytes: 1 << 20, segmentBytes: 1 << 20), worksInBackground: false))
    services = NativeServices(
      version: "test", clock: clock, endpoints: ["hook"], jobs: try JobBoard(engine), backupFolder: "backups",
      tiles: tiles,
      failed: { [failures] error, _ in failures.add(error) })
  }

  deinit {
    services.stop()
    services.jobs?.close()
    _ = try? engine.close()
  }

  /// Adds the models and `count` rooms of one building, `room-0` on.
  func furnish(rooms count: Int = 3) async throws {
    #expect(try await send("POST", "/v1/worlds/live/models", roomModels).status == 201)
    var lines = #"{"op":"putTwin","id":"bldg","twin":{"$metadata":{"$model":"dtmi:test:Building;1"}}}"# + "\n"
    for n in 0..<count {
      let model = n % 3 == 2 ? "Office" : "Room"
      lines +=
        #"{"op":"putTwin","id":"room-\#(n)","twin":{"$metadata":{"$model":"dtmi:test:\#(model);1"},"temperature":\#(20 + n),"thermostat":{"target":21,"$metadata":{}}}}"#
        + "\n"
      lines +=
        #"{"op":"putRelationship","source":"room-\#(n)","id":"r\#(n)","relationship":{"$targetId":"bldg","$relationshipName":"isPartOf"}}"#
        + "\n"
    }
    let answer = try await send(
      "POST", "/v1/worlds/live/batch", lines, ["content-type": "application/x-ndjson"])
    #expect(answer.status == 200, "\(answer.text)")
  }

  /// Sends a request; bodies are JSON unless the headers say otherwise.
  @discardableResult
  func send(
    _ method: String, _ target: String, _ body: String = "", _ headers: [String: String] = [:],
    as principal: Principal = .owner("tester")
  ) async throws -> Reply {
    var fields = HTTPHeaders()
    for (name, value) in headers { fields.append(name, value) }
    if !body.isEmpty, headers["content-type"] == nil { fields.append("content-type", "application/json") }
    let target = try #require(RequestTarget(target), "\(target)")
    let request = HTTPRequest(
      method: HTTPMethod(rawValue: method), target: target, headers: fields, body: Array(body.utf8), number: 7
    )
    return try await send(request, as: principal)
  }

  func send(_ request: HTTPRequest, as principal: Principal = .owner("tester")) async throws -> Reply {
    let api = NativeAPI(session: Session(engine, as: principal), services: services)
    return try await Reply(await api.respond(to: request))
  }
}

/// An answer with its body, streamed ones included.
struct Reply: Sendable {
  let status: Int
  let headers: HTTPHeaders
  let bytes: [UInt8]

  init(_ response: HTTPResponse) async throws {
    status = response.status
    headers = response.headers
    switch response.body {
    case .bytes(let bytes): self.bytes = bytes
    case .stream(_, let produce):
      let collected = Collected()
      try await produce(HTTPBodyWriter { collected.add($0) })
      bytes = collected.all
    default: bytes = []
    }
  }

  private final class Collected: Sendable {
    private let lock = Lock()
    // Touched only while holding the lock.
    private nonisolated(unsafe) var bytes: [UInt8] = []
    func add(_ more: [UInt8]) -> Bool {
      lock.withLock { bytes += more }
      return true
    }
    var all: [UInt8] { lock.withLock { bytes } }
  }

  var text: String { String(decoding: bytes, as: UTF8.self) }
  var lines: [String] { text.split(separator: "\n").map(String.init) }
  func json() throws -> JSONDocument { try JSONDocument(bytes) }
  func code() throws -> String? { try json().root["code"]?.string }
}
