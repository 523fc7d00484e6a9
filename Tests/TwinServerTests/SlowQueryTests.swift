import Testing
import TwinValues

@testable import TwinServer

/// Against the built program, over sockets.
@Suite("Queries that take longer than they may")
struct SlowQueryTests {
  private let json = ["-H", "content-type: application/json"]

  /// Fifty rooms, each next to all others: 50⁶ ways of going on five times.
  private func furnish(_ server: LiveServer) throws {
    server.furnish()
    let rooms = 0..<50
    var lines = rooms.map { #"{"op":"putTwin","id":"r\#($0)","twin":\#(House.twin)}"# }
    for from in rooms {
      for to in rooms where from != to {
        lines.append(
          #"{"op":"putRelationship","source":"r\#(from)","id":"to-\#(to)","relationship":"#
            + #"{"$relationshipName":"next","$targetId":"r\#(to)"}}"#)
      }
    }
    let file = try server.folder.write("rooms.ndjson", lines.joined(separator: "\n"))
    let reply = server.curl(
      "/v1/worlds/live/batch", "-H", "content-type: application/x-ndjson", "--data-binary", "@\(file)")
    try #require(reply.status == 200, "\(reply)")
  }

  private static let question =
    "SELECT COUNT() FROM DIGITALTWINS A JOIN B RELATED A.next JOIN C RELATED B.next "
    + "JOIN D RELATED C.next JOIN E RELATED D.next JOIN F RELATED E.next WHERE A.n + F.n > 5"

  @Test(
    "Both APIs give them up with 503, say why and what to do, and answer others meanwhile",
    arguments: [
      ("/v1/worlds/live/query", "queryTimeout"), ("/query?\(House.version)", "ServiceUnavailable"),
    ])
  func givenUp(_ path: String, _ code: String) throws {
    let server = try LiveServer("--set", "limits.queryMilliseconds=700")
    try furnish(server)
    let reply = Lock()
    nonisolated(unsafe) var answer: (status: Int, body: String)?
    let asking = WorkThread {
      let body = #"{"query":"\#(Self.question)"}"#
      let got = server.curl(path, options: json + ["-i", "-d", body])
      reply.withLock { answer = got }
    }
    // Asked one after another for as long as the query is at work; at least some of them are answered meanwhile.
    var others = 0
    while reply.withLock({ answer == nil }) {
      #expect(server.curl("/digitaltwins/a?\(House.version)").status == 200)
      #expect(server.curl("/v1/worlds/live/query?q=SELECT%20COUNT()%20FROM%20DIGITALTWINS").status == 200)
      if reply.withLock({ answer == nil }) { others += 1 }
    }
    asking?.join()
    #expect(others > 0)
    let refused = try #require(answer)
    #expect(refused.status == 503 && refused.body.contains(code), "\(refused)")
    #expect(refused.body.contains("took longer than a query may"), "\(refused)")
    #expect(refused.body.contains("Start from fewer twins"), "\(refused)")
    // Asked again it would take as long: nobody is invited to.
    #expect(!refused.body.lowercased().contains("retry-after"))
    #expect(server.stop() == 0)
  }

  @Test("Zero is any time: a page of a query then ends at its other limits only")
  func anyTime() throws {
    let server = try LiveServer("--set", "limits.queryMilliseconds=0")
    try furnish(server)
    let question = "SELECT COUNT() FROM DIGITALTWINS A JOIN B RELATED A.next JOIN C RELATED B.next"
    let reply = server.curl("/v1/worlds/live/query", options: json + ["-d", #"{"query":"\#(question)"}"#])
    #expect(reply.status == 200 && reply.body.contains("\(50 * 49 * 49)"), "\(reply)")
    #expect(server.stop() == 0)
  }
}
