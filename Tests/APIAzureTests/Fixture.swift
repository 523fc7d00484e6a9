import APIAzure
import Testing
import TwinEngine
import TwinLog
import TwinStorm
import TwinValues

/// A clock that a test moves by hand.
struct TestClock: WorldClock {
  let clock = SimulatedClock()
  func now() -> Instant { clock.now }
}

/// A fresh engine on a simulated disk behind the API, with the endpoints `hub` and `queue`.
struct Fixture {
  let disk: SimulatedDisk
  let clock = TestClock()
  let engine: Engine
  let api: AzureAPI

  init(seed: UInt64 = 1) throws {
    disk = SimulatedDisk(seed: seed)
    engine = try Engine.create(at: "data", options: Fixture.options(disk, clock))
    api = AzureAPI(Session(engine, as: .owner("azure-api")), endpoints: ["hub", "queue"])
  }

  static func options(_ disk: SimulatedDisk, _ clock: TestClock) -> EngineOptions {
    EngineOptions(
      disk: disk, clock: clock, log: SegmentLogOptions(firstSegmentBytes: 1 << 20, segmentBytes: 1 << 20),
      worksInBackground: false)
  }

  /// Sends a request of the newest version of the API.
  @discardableResult
  func send(
    _ method: String, _ path: String, query: String = "", headers: [AzureRequest.Header] = [],
    _ body: String = ""
  ) async -> AzureResponse {
    let version = "api-version=2023-10-31"
    return await api.respond(
      to: AzureRequest(
        method: method, path: path, query: query.isEmpty ? version : "\(version)&\(query)", headers: headers,
        body: Array(body.utf8)))
  }

  /// Adds the models of `building.setup`.
  func addModels() async throws {
    for setup in try CaseFile.named("building.setup").cases {
      let response = await api.respond(to: setup.request(Bindings()))
      #expect(response.status == setup.status, "\(response.text)")
    }
  }
}

extension AzureResponse {
  var text: String { String(decoding: body, as: UTF8.self) }

  func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }

  func json() throws -> JSONDocument { try JSONDocument(body) }
}
