import Foundation
import ProofServers
import Testing
import TwinEngine
import TwinValues

@testable import TwinServer

/// Change feeds of the built program, and the credentials they were opened with.
@Suite("Feeds of nuri serve", .serialized)
struct LiveFeedTests {
  private let feed = "/v1/worlds/live/feed"

  private func post(_ server: LiveServer, _ path: String, _ body: String, _ method: String = "POST") throws
    -> JSONDocument
  {
    let reply = server.curl(path, "-X", method, "-H", "content-type: application/json", "-d", body)
    #expect((200..<300).contains(reply.status), "\(path): \(reply)")
    return try JSONDocument(reply.body)
  }

  private func key(_ server: LiveServer) throws -> (text: String, id: String) {
    let made = try post(server, "/v1/keys", #"{"roles":["reader"],"groups":["guests"]}"#).root
    return (try #require(made["key"]?.string), try #require(made["id"]?.string))
  }

  @Test("A revoked key's feeds are closed and say so: events, messages, those opened with its ticket")
  func revoked() throws {
    let server = try LiveServer()
    server.furnish()
    let (text, id) = try key(server)
    let events = FeedClient(port: server.port, path: feed, key: text)
    #expect(events.next()?.name == "ready")
    let other = FeedClient(port: server.port, path: feed, key: server.key)
    #expect(other.next()?.name == "ready")
    let made = server.curl(
      "/v1/tickets", "-X", "POST", "-H", "Authorization:", "-H", "Authorization: Bearer \(text)")
    let ticket = try #require(try JSONDocument(made.body).root["ticket"]?.string)
    let ticketed = FeedClient(port: server.port, path: feed + "?ticket=\(ticket)")
    #expect(ticketed.next()?.name == "ready")
    let socket = RawClient(port: server.port, timeoutMilliseconds: 20_000)
    socket.send(
      "GET \(feed) HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(text)\r\nConnection: Upgrade\r\n"
        + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    #expect(socket.receive(until: { RawClient.end($0, of: #""event":"ready""#) }) != nil)
    #expect(server.curl("/v1/keys/\(id)", "-X", "DELETE").status == 204)
    for client in [events, ticketed] {
      let last = client.next()
      #expect(last?.name == "closed" && last?.data.contains("not valid any more") == true)
      #expect(client.next() == nil)
    }
    #expect(socket.receive(until: { RawClient.end($0, of: #""event":"closed""#) }) != nil)
    // Others hear on, and the figures know them.
    _ = server.curl("/digitaltwins/a?\(House.version)", "-X", "DELETE")
    #expect(other.next()?.json?.root["kind"]?.string == "deleteTwin")
    #expect(server.stop() == 0)
    #expect(other.next() == nil)
  }

  @Test("A token's feed ends with the token")
  func expired() throws {
    let folder = try TemporaryFolder()
    let issuer = try Issuer()
    let keys = try folder.write("keys.json", issuer.keys)
    let server = try LiveServer(
      "--set", "auth.clockSkewSeconds=0", "--set",
      #"auth.issuers=[{"issuer":"\#(issuer.name)","audience":"\#(Issuer.audience)","keysFile":"\#(keys)"}]"#,
      in: folder)
    let short = FeedClient(
      port: server.port, path: feed, key: try issuer.token(#""sub":"kim","roles":["reader"]"#, ends: 3))
    #expect(short.next()?.name == "ready")
    let long = FeedClient(
      port: server.port, path: feed, key: try issuer.token(#""sub":"lee","roles":["reader"]"#))
    #expect(long.next()?.name == "ready")
    #expect(short.next()?.name == "closed")
    // Its issuer takes the key away.
    _ = try folder.write("keys.json", try Issuer().keys)
    server.signal(SIGHUP)
    #expect(long.next()?.name == "closed")
    server.stop()
  }

  @Test("Whom a policy binds by neighbourhood hears of deleted relationships there, and of no others")
  func bound() throws {
    let server = try LiveServer()
    server.furnish()
    for name in ["b", "c", "d"] {
      _ = try post(server, "/digitaltwins/\(name)?\(House.version)", House.twin, "PUT")
    }
    func connect(_ source: String, _ target: String) throws {
      _ = try post(
        server, "/digitaltwins/\(source)/relationships/r?\(House.version)",
        #"{"$targetId":"\#(target)","$relationshipName":"next"}"#, "PUT")
    }
    func cut(_ source: String) {
      let reply = server.curl("/digitaltwins/\(source)/relationships/r?\(House.version)", "-X", "DELETE")
      #expect(reply.status == 204, "\(reply)")
    }
    try connect("a", "b")
    try connect("c", "d")
    let (text, _) = try key(server)
    // It reads before there are policies, and one that comes later finds them.
    let early = FeedClient(port: server.port, path: feed, key: text)
    #expect(early.next()?.name == "ready")
    let whole = FeedClient(port: server.port, path: feed, key: server.key)
    #expect(whole.next()?.name == "ready")
    let rest = #""principals":{"groups":["guests"]}"#
    _ = try post(
      server, "/v1/policies/p1",
      #"{"order":1,"effect":"allow",\#(rest),"within":{"twin":"a","relationships":["next"],"hops":1}}"#, "PUT"
    )
    _ = try post(server, "/v1/policies/p2", #"{"order":2,"effect":"deny",\#(rest)}"#, "PUT")
    let late = FeedClient(port: server.port, path: feed, key: text)
    #expect(late.next()?.name == "ready")
    cut("c")
    cut("a")
    for client in [whole, early, late] {
      let change = client === whole ? (client.next(), client.next()).1 : client.next()
      #expect(change?.json?.root["kind"]?.string == "deleteRelationship")
      #expect(change?.json?.root["twin"]?.string == "a")
    }
    // Behind the last connection, b is out of sight.
    for name in ["b", "a"] {
      _ = server.curl(
        "/digitaltwins/\(name)?\(House.version)", "-H", "content-type: application/json-patch+json", "-X",
        "PATCH", "-d",
        #"[{"op":"replace","path":"/n","value":2}]"#)
    }
    #expect(early.next()?.json?.root["twin"]?.string == "a" && late.next()?.json?.root["twin"]?.string == "a")
    // Who comes later is told no more than the present shows: b, and with it the relationship, is out of sight now.
    let position = try #require(
      try JSONDocument(server.curl("/v1/worlds/live").body).root["sequence"]?.uint64)
    let back = FeedClient(port: server.port, path: feed, lastEventId: "\(position - 4)", key: text)
    #expect(back.next()?.name == "ready")
    let change = back.next()?.json?.root
    #expect(change?["kind"]?.string == "patchTwin" && change?["twin"]?.string == "a")
    #expect(server.stop() == 0)
  }
}
