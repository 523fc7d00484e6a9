import Glibc
import TwinNet

/// `net-bench PORT`: answers every request with 300 bytes of JSON, on one loop, until it is killed.
/// `GET /slow` waits 20 ms first.
let body = Array(
  ("{\"$dtId\":\"bldg-w123\",\"$metadata\":{\"$model\":\"dtmi:city:Building;1\"},\"name\":\""
    + String(repeating: "a", count: 220) + "\"}").utf8)

let server = HTTPServer(
  configuration: .init(port: UInt16(CommandLine.arguments.dropFirst().first ?? "") ?? 8080)
) { request in
  if request.target.raw == "/slow" { try? await Task.sleep(nanoseconds: 20_000_000) }
  return .bytes(body, type: "application/json")
}
try server.start()
while true { pause() }
