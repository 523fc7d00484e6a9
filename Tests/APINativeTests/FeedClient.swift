import APINative
import Glibc
import TwinEngine
import TwinGraph
import TwinLog
import TwinNet
import TwinStorm
import TwinValues

/// One server-sent event as a client reads it.
struct ReceivedEvent: Equatable {
  var id: String?
  var name: String?
  var data = ""

  var json: JSONDocument? { try? JSONDocument(Array(data.utf8)) }
  var sequence: UInt64? { json?.root["sequence"]?.uint64 }
}

/// A reader of server-sent events on a plain socket. One thread at a time.
final class FeedClient: @unchecked Sendable {
  // `@unchecked Sendable`: one test task uses it at a time.
  private let descriptor: Int32
  private var raw: [UInt8] = []
  private var text: [UInt8] = []
  private(set) var status = 0
  private var hasHead = false
  private var isOver = false

  init(port: UInt16, path: String, lastEventId: String? = nil, receiveBufferBytes: Int32? = nil) {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var timeout = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    if var receiveBufferBytes { setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBufferBytes, 4) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    _ = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    let last = lastEventId.map { "Last-Event-ID: \($0)\r\n" } ?? ""
    let head = Array("GET \(path) HTTP/1.1\r\nHost: x\r\n\(last)\r\n".utf8)
    _ = head.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
  }

  deinit { close(descriptor) }

  /// What was answered instead of a stream.
  var refusal: String { String(decoding: raw, as: UTF8.self) }

  /// Goes away at once.
  func leave() { shutdown(descriptor, Int32(SHUT_RDWR)) }

  /// Reads until a heartbeat says that the feed has come to `id`.
  func beat(until id: String) -> Bool {
    for _ in 0..<200 {
      guard let event = read() else { return false }
      if event == ReceivedEvent(id: id) { return true }
    }
    return false
  }

  /// The next event, heartbeats aside; `nil` at the end or after 20 seconds.
  func next() -> ReceivedEvent? {
    while let event = read() {
      if event.name != nil || !event.data.isEmpty { return event }
    }
    return nil
  }

  private func read() -> ReceivedEvent? {
    while true {
      if let event = takeEvent() { return event }
      var buffer = [UInt8](repeating: 0, count: 65536)
      if isOver || hasHead && status != 200 { return nil }
      let count = recv(descriptor, &buffer, buffer.count, 0)
      if count <= 0 { return nil }
      raw += buffer[..<count]
      takeHead()
      takeChunks()
    }
  }

  private func takeHead() {
    guard !hasHead, let end = raw.firstRange(of: Array("\r\n\r\n".utf8)) else { return }
    let head = String(decoding: raw[..<end.lowerBound], as: UTF8.self)
    status = Int(head.split(separator: " ")[1]) ?? 0
    raw.removeFirst(end.upperBound)
    hasHead = true
  }

  private func takeChunks() {
    while hasHead, let end = raw.firstRange(of: [13, 10]) {
      guard let size = Int(String(decoding: raw[..<end.lowerBound], as: UTF8.self), radix: 16),
        raw.count >= end.upperBound + size + 2
      else { return }
      isOver = size == 0
      text += raw[end.upperBound..<end.upperBound + size]
      raw.removeFirst(end.upperBound + size + 2)
    }
  }

  private func takeEvent() -> ReceivedEvent? {
    guard let end = text.firstRange(of: [10, 10]) else { return nil }
    let lines = String(decoding: text[..<end.lowerBound], as: UTF8.self).split(separator: "\n")
    text.removeFirst(end.upperBound)
    var event = ReceivedEvent()
    for line in lines {
      if line.hasPrefix("id: ") { event.id = String(line.dropFirst(4)) }
      if line.hasPrefix("event: ") { event.name = String(line.dropFirst(7)) }
      if line.hasPrefix("data: ") { event.data += line.dropFirst(6) }
    }
    return event
  }
}

let pumpModel = """
  {"@context": "dtmi:dtdl:context;3", "@id": "dtmi:test:Pump;1", "@type": "Interface", "contents": [
    {"@type": "Property", "name": "temperature", "schema": "double"},
    {"@type": "Property", "name": "serial", "schema": "string"},
    {"@type": "Relationship", "name": "feeds"}]}
  """
let pump = "dtmi:test:Pump;1"

/// A world behind a real server that serves nothing but feeds: `/live`, `/plan`.
final class FeedHouse: Sendable {
  let engine: Engine
  let server: HTTPServer
  let session: Session

  init(seed: UInt64 = 1, limits: NetLimits = NetLimits(), heartbeatMilliseconds: Int = 0) throws {
    let options = EngineOptions(
      disk: SimulatedDisk(seed: seed), changesPerCheckpoint: 100_000, worksInBackground: false)
    let engine = try Engine.create(at: "data", options: options)
    let session = Session(engine, as: .owner())
    let hub = FeedHub(heartbeatMilliseconds: heartbeatMilliseconds)
    self.engine = engine
    self.session = session
    server = HTTPServer(configuration: .init(port: 0, loops: 2, limits: limits)) { request in
      do throws(NuriError) {
        return try await FeedAPI(session: session, hub: hub).respond(
          to: request, world: request.target.segments.first ?? "")
      } catch {
        return .text("\(error.code.rawValue)\n", status: 400)
      }
    }
    try server.start()
    try engine.world().write(
      Batch(cause: Cause(actor: "test"), operations: [Operation(.addModels([Array(pumpModel.utf8)]))]))
  }

  var live: World { get throws { try engine.world() } }

  func client(_ path: String, lastEventId: String? = nil, receiveBufferBytes: Int32? = nil) -> FeedClient {
    FeedClient(
      port: server.port, path: path, lastEventId: lastEventId, receiveBufferBytes: receiveBufferBytes)
  }

  func stop() async throws {
    await server.drain(deadlineMilliseconds: 1000)
    try engine.close()
  }
}

extension World {
  @discardableResult
  func put(_ id: String, _ temperature: Double) throws -> Receipt {
    try write(
      Batch(
        cause: Cause(actor: "test"),
        operations: [
          Operation(
            .putTwin(id: id, model: pump, properties: [PropertyEdit("temperature", .double(temperature))]))
        ]))
  }

  @discardableResult
  func set(_ id: String, _ path: String, _ value: Value?) throws -> Receipt {
    try write(
      Batch(
        cause: Cause(actor: "test"),
        operations: [Operation(.patchTwin(id: id, edits: [PropertyEdit(path, value)]))]))
  }
}
