import Foundation
import ProofServers
import Testing
import TwinValues

/// Presence in the built program, over real WebSockets.
@Suite("Presence of nuri serve", .serialized)
struct LivePresenceTests {
  private func visit(_ server: LiveServer, _ query: String = "") -> RawClient {
    let client = RawClient(port: server.port, timeoutMilliseconds: 20_000)
    client.send(
      "GET /v1/worlds/live/presence\(query) HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(server.key)\r\n"
        + "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
    return client
  }

  /// A text message as a client sends it.
  private func frame(_ text: String) -> [UInt8] {
    let payload = Array(text.utf8)
    let mask: [UInt8] = [1, 2, 3, 4]
    var frame: [UInt8] = [0x81]
    if payload.count < 126 {
      frame.append(0x80 | UInt8(payload.count))
    } else {
      frame += [0x80 | 126, UInt8(payload.count >> 8), UInt8(payload.count & 255)]
    }
    frame += mask
    for (index, byte) in payload.enumerated() { frame.append(byte ^ mask[index & 3]) }
    return frame
  }

  private func hears(_ client: RawClient, _ words: String) -> Bool {
    client.receive(until: { RawClient.end($0, of: words) }) != nil
  }

  /// Whether a close frame with this code comes.
  private func closes(_ client: RawClient, _ code: Int) -> Bool {
    let mark = [UInt8(code >> 8), UInt8(code & 255)]
    let end: ([UInt8]) -> Int? = { bytes in
      bytes.indices.dropLast(3).first {
        bytes[$0] == 0x88 && bytes[$0 + 2] == mark[0] && bytes[$0 + 3] == mark[1]
      }
      .map { $0 + 4 }
    }
    return client.receive(until: end) != nil
  }

  @Test("Two people meet, one moves, one goes")
  func meeting() throws {
    let server = try LiveServer()
    let kim = visit(server, "?name=Kim")
    #expect(hears(kim, #"{"you":"p1","people":[{"id":"p1","name":"Kim","principal":"key:"#))
    let lee = visit(server, "?name=%EC%9D%B4")
    #expect(hears(lee, #""you":"p2""#))
    #expect(hears(kim, #""name":"이""#))
    kim.send(frame(#"{"view":{"lon":127.03}}"#))
    #expect(hears(lee, #"{"id":"p1","view":{"lon":127.03}}"#))
    kim.leave()
    #expect(hears(lee, #"{"you":"p2","people":[{"id":"p2""#))
    #expect(server.stop() == 0)
  }

  @Test("What is no view, too long or too often ends the visit, and others stay")
  func wrong() throws {
    let server = try LiveServer()
    let lee = visit(server, "?name=Lee")
    #expect(hears(lee, #""you":"p1""#))
    for (sent, code) in [
      ("[]", 1007), (#"{"view":3}"#, 1007),
      (#"{"view":{"a":"\#(String(repeating: "x", count: 20_000))"}}"#, 1009),
    ] {
      let client = visit(server)
      #expect(hears(client, #""people":"#))
      client.send(frame(sent))
      #expect(
        closes(client, code),
        "\(sent.prefix(20))")
    }
    let eager = visit(server)
    #expect(hears(eager, #""people":"#))
    for step in 0..<500 { eager.send(frame(#"{"view":{"n":\#(step)}}"#)) }
    #expect(hears(eager, "messages a second"))
    lee.send(frame(#"{"view":{"still":"here"}}"#))
    let late = visit(server)
    #expect(hears(late, #""still":"here""#))
    #expect(server.stop() == 0)
  }
}
