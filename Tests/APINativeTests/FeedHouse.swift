import APINative
import ProofServers
import TwinEngine
import TwinGraph
import TwinLog
import TwinNet
import TwinStorm
import TwinValues

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
