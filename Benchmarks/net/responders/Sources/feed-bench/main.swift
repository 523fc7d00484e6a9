import APINative
import Glibc
import TwinEngine
import TwinGraph
import TwinNet
import TwinValues

/// `feed-bench PORT FOLDER LOOPS [tls]`: a new world whose feed is served at every path; `POST /` writes one durable
/// change and answers with the moment of its acknowledgement, in nanoseconds of the monotonic clock. Until killed.
func monotonicNanoseconds() -> UInt64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

let arguments = CommandLine.arguments
let folder = arguments[2]
let engine = try Engine.create(at: folder + "/data")
let world = try engine.world()
let model = """
  {"@context": "dtmi:dtdl:context;3", "@id": "dtmi:bench:Room;1", "@type": "Interface",
   "contents": [{"@type": "Property", "name": "temperature", "schema": "double"}]}
  """
try world.write(
  Batch(
    cause: Cause(actor: "bench"),
    operations: [
      Operation(.addModels([Array(model.utf8)])),
      Operation(.putTwin(id: "room-1", model: "dtmi:bench:Room;1", properties: [])),
    ]))

var limits = NetLimits()
limits.connections = 40_000
limits.connectionsPerPeer = 40_000
var tls: TLSConfiguration?
if arguments.count > 4 {
  let files = try PrivateAuthority.prepare(
    directory: folder + "/tls", names: ["localhost"], nowSeconds: Int(time(nil)))
  tls = TLSConfiguration(certificates: [files.server])
}
let session = Session(engine, as: .owner())
let hub = FeedHub()
let server = HTTPServer(
  configuration: .init(
    port: UInt16(arguments[1]) ?? 0, loops: Int(arguments[3]) ?? 2, tls: tls, limits: limits)
) { request in
  do {
    guard request.method == .post else {
      return try await FeedAPI(session: session, hub: hub).respond(to: request, world: Engine.live)
    }
    let edit = PropertyEdit("temperature", .double(Double(world.sequence)))
    try await session.world().write([Operation(.patchTwin(id: "room-1", edits: [edit]))])
    return .text("\(monotonicNanoseconds())\n")
  } catch {
    return .text("\(error)\n", status: 500)
  }
}
try server.start()
while true { pause() }
