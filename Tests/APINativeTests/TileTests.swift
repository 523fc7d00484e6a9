import APINative
import Testing
import TwinEngine
import TwinNet
import TwinStorm
import TwinValues

/// Tiles that say what they were asked.
private struct Echo: TileSource {
  func index(of state: Snapshot) -> [UInt8] { Array(#"{"sequence":\#(state.sequence)}"#.utf8) }
  func tile(_ hash: String, of state: Snapshot) -> [UInt8]? {
    hash == "known" ? Array("\(state.world) \(state.sequence)".utf8) : nil
  }
  func ids(_ hash: String, of state: Snapshot) -> [UInt8]? { hash == "known" ? Array("[]".utf8) : nil }
  func values(model: String, path: String, of state: Snapshot) throws(NuriError) -> [UInt8] {
    if path == "none" { throw NuriError(.propertyNotDeclared, "No.") }
    return Array("\(model) \(path)".utf8)
  }
}

@Suite("Routes of tiles")
struct TileTests {
  let fixture: NativeFixture

  init() async throws {
    fixture = try NativeFixture(tiles: Echo())
    try await fixture.furnish()
  }

  @Test("The state asked for reaches the source; what is not there is 404")
  func routes() async throws {
    let then = try fixture.engine.world().sequence
    try await fixture.send("PATCH", "/v1/worlds/live/twins/room-0", #"{"temperature":3}"#)
    let now = try fixture.engine.world().sequence
    #expect(now > then)
    #expect(try await fixture.send("GET", "/v1/worlds/live/tiles").text == #"{"sequence":\#(now)}"#)
    #expect(
      try await fixture.send("GET", "/v1/worlds/live/tiles?at=\(then)").text == #"{"sequence":\#(then)}"#)
    let tile = try await fixture.send("GET", "/v1/worlds/live/tiles/known?at=\(then)")
    #expect(tile.text == "live \(then)" && tile.headers["content-type"] == "application/vnd.nuri.tile")
    #expect(tile.headers["etag"] == "W/\"known\"" && tile.headers["nuri-sequence"] == String(then))
    #expect(tile.headers["cache-control"] == "private, max-age=31536000, immutable")
    #expect(try await fixture.send("GET", "/v1/worlds/live/tiles/known/ids").text == "[]")
    for path in ["tiles/other", "tiles/other/ids"] {
      let answer = try await fixture.send("GET", "/v1/worlds/live/\(path)")
      #expect(answer.status == 404 && answer.text.contains("tileNotFound"))
    }
    let values = try await fixture.send("GET", "/v1/worlds/live/values?model=m&path=p.q")
    #expect(values.text == "m p.q" && values.headers["content-type"] == "application/vnd.nuri.values")
    #expect(try await fixture.send("GET", "/v1/worlds/live/values?model=m&path=none").status == 422)
    #expect(try await fixture.send("GET", "/v1/worlds/live/values?model=m").status == 400)
    #expect(try await fixture.send("GET", "/v1/worlds/nowhere/tiles").status == 404)
  }

  @Test("A tile at hand is not sent again, an unknown one is not said to be known")
  func conditions() async throws {
    let known = try await fixture.send(
      "GET", "/v1/worlds/live/tiles/known", "", ["if-none-match": "\"x\", W/\"known\""])
    #expect(known.status == 304 && known.bytes.isEmpty && known.headers["etag"] == "W/\"known\"")
    let other = try await fixture.send("GET", "/v1/worlds/live/tiles/known", "", ["if-none-match": "W/\"x\""])
    #expect(other.status == 200)
    let gone = try await fixture.send(
      "GET", "/v1/worlds/live/tiles/gone", "", ["if-none-match": "W/\"gone\""])
    #expect(gone.status == 404)
  }

  @Test("Without a source there are none")
  func none() async throws {
    let plain = try NativeFixture()
    #expect(try await plain.send("GET", "/v1/worlds/live/tiles").status == 404)
  }
}
