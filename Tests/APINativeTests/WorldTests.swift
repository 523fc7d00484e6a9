import Testing
import TwinEngine
import TwinNet
import TwinValues

/// Forks, differences, promotion, models, lists, queries.
@Suite("Worlds")
struct WorldTests {
  @Test("A fork is made, listed, labelled, changed, compared, promoted and discarded")
  func lifeOfAFork() async throws {
    let nuri = try NativeFixture()
    try await nuri.furnish()
    let made = try await nuri.send(
      "POST", "/v1/worlds", #"{"name":"plan","label":"what if","expires":"7d"}"#)
    #expect(made.status == 201, "\(made.text)")
    #expect(made.headers["location"] == "/v1/worlds/plan")
    let again = try await nuri.send("POST", "/v1/worlds", #"{"name":"plan"}"#)
    #expect(try again.status == 409 && again.code() == "worldExists")
    let list = try await nuri.send("GET", "/v1/worlds?label=what").json().root
    #expect(list["items"]?.count == 1)
    let me = try await nuri.send("GET", "/v1/whoami").json().root["id"]?.string
    let first = Array(list["items"]?.elements ?? JSONDocument().root.elements).first
    #expect(me != nil && first?["owner"]?.string == me)
    #expect(try await first?["forkedAt"]?.string == recorded(first?["forkPoint"], nuri))
    let edited = try await nuri.send("PATCH", "/v1/worlds/plan", #"{"label":"keep","expires":null}"#)
    #expect(try edited.json().root["label"]?.string == "keep" && !edited.text.contains("expires"))
    try await nuri.send("PATCH", "/v1/worlds/plan/twins/room-0", #"{"temperature":30}"#)
    try await nuri.send("DELETE", "/v1/worlds/plan/twins/room-1/relationships/r1")
    let live = try await nuri.send("GET", "/v1/worlds/live/twins/room-0").json().root
    #expect(live["temperature"]?.double == 20)
    let diff = try await nuri.send(
      "GET", "/v1/worlds/live/diff?to=plan", "", ["accept": "application/x-ndjson"])
    #expect(diff.lines.count == 2, "\(diff.text)")
    #expect(
      diff.lines[0]
        == #"{"kind":"twinChanged","id":"room-0","model":"dtmi:test:Room;1","properties":[{"path":"temperature","old":20,"new":30}]}"#
    )
    let preview = try await nuri.send("POST", "/v1/worlds/plan/promote", #"{"preview":true}"#).json().root
    #expect(preview["changeCount"]?.int64 == 2 && preview["receipt"] == nil)
    let done = try await nuri.send("POST", "/v1/worlds/plan/promote")
    #expect(done.status == 200, "\(done.text)")
    #expect(try done.json().root["receipt"]?["last"]?.int64 != nil)
    #expect(
      try await nuri.send("GET", "/v1/worlds/live/twins/room-0").json().root["temperature"]?.double == 30)
    #expect(try await nuri.send("DELETE", "/v1/worlds/plan").status == 204)
    #expect(try await nuri.send("GET", "/v1/worlds/plan").status == 404)
    #expect(try await nuri.send("DELETE", "/v1/worlds/live").status == 409)
  }

  @Test("What a fork is asked for while it is discarded is answered, or the fork is not there")
  func discardedWhileRead() async throws {
    let nuri = try NativeFixture()
    try await nuri.furnish()
    for round in 0..<20 {
      try await nuri.send("POST", "/v1/worlds", #"{"name":"plan"}"#)
      try await nuri.send("PATCH", "/v1/worlds/plan/twins/room-0", #"{"temperature":\#(round)}"#)
      let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
        for path in ["timeline", "changes", "diff?to=live", "twins/room-0?at=-1s"] {
          group.addTask { try await nuri.send("GET", "/v1/worlds/plan/\(path)").status }
        }
        group.addTask { try await nuri.send("DELETE", "/v1/worlds/plan").status }
        return try await group.reduce(into: [Int]()) { $0.append($1) }
      }
      #expect(Set(statuses).isSubset(of: [200, 204, 404]), "\(statuses)")
    }
  }

  @Test("Conflicts refuse a promotion until someone says who wins")
  func conflicts() async throws {
    let nuri = try NativeFixture()
    try await nuri.furnish()
    try await nuri.send("POST", "/v1/worlds", #"{"name":"plan"}"#)
    try await nuri.send("PATCH", "/v1/worlds/plan/twins/room-0", #"{"temperature":30}"#)
    try await nuri.send("PATCH", "/v1/worlds/live/twins/room-0", #"{"temperature":31}"#)
    let refused = try await nuri.send("POST", "/v1/worlds/plan/promote", "{}")
    #expect(try refused.status == 409 && refused.code() == "conflict")
    let preview = try await nuri.send("POST", "/v1/worlds/plan/promote", #"{"preview":true}"#).json().root
    let conflict = Array(preview["conflicts"]?.elements ?? JSONDocument().root.elements).first
    #expect(conflict?["mine"]?.double == 30 && conflict?["theirs"]?.double == 31)
    let mine = try await nuri.send("POST", "/v1/worlds/plan/promote", #"{"conflicts":"mine"}"#)
    #expect(mine.status == 200)
    #expect(
      try await nuri.send("GET", "/v1/worlds/live/twins/room-0").json().root["temperature"]?.double == 30)
  }

  @Test("Pages of a difference stay with the states they began with")
  func differencePages() async throws {
    let nuri = try NativeFixture()
    try await nuri.furnish(rooms: 6)
    try await nuri.send("POST", "/v1/worlds", #"{"name":"plan"}"#)
    for n in 0..<5 {
      try await nuri.send("PATCH", "/v1/worlds/plan/twins/room-\(n)", #"{"temperature":1}"#)
    }
    var found: [String] = []
    var cursor = ""
    repeat {
      let page = try await nuri.send("GET", "/v1/worlds/live/diff?to=plan&pageSize=2\(cursor)").json().root
      found += page["items"]?.elements.compactMap { $0["id"]?.string } ?? []
      try await nuri.send("PATCH", "/v1/worlds/plan/twins/room-5", #"{"temperature":2}"#)
      cursor = page["next"]?.string.map { "&cursor=\($0)" } ?? ""
    } while !cursor.isEmpty
    #expect(found == (0..<5).map { "room-\($0)" })
  }

  @Test("Twins are listed by model and prefix, in pages and as lines")
  func lists() async throws {
    let nuri = try NativeFixture()
    try await nuri.furnish(rooms: 30)
    func count(_ query: String) async throws -> Int {
      try await nuri.send("GET", "/v1/worlds/live/twins?\(query)", "", ["accept": "application/x-ndjson"])
        .lines.count
    }
    #expect(try await count("") == 31)
    #expect(try await count("model=dtmi:test:Room;1") == 30)
    #expect(try await count("model=dtmi:test:Room;1&exactly=true") == 20)
    #expect(try await count("prefix=room-1") == 11)
    var seen: [String] = []
    var cursor = ""
    repeat {
      let page = try await nuri.send("GET", "/v1/worlds/live/twins?pageSize=7\(cursor)").json().root
      seen += page["items"]?.elements.compactMap { $0["$dtId"]?.string } ?? []
      cursor = page["next"]?.string.map { "&cursor=\($0)" } ?? ""
      // What comes meanwhile may be seen; what is there all the time is seen once.
      try await nuri.send("DELETE", "/v1/worlds/live/twins/extra")
      try await nuri.send(
        "PUT", "/v1/worlds/live/twins/extra", #"{"$metadata":{"$model":"dtmi:test:Building;1"}}"#)
    } while !cursor.isEmpty
    #expect(seen.filter { $0 != "extra" } == ["bldg"] + (0..<30).map { "room-\($0)" })
    let unknown = try await nuri.send("GET", "/v1/worlds/live/twins?modle=x")
    #expect(try unknown.code() == "unknownParameter" && unknown.text.contains("Did you mean \\\"model\\\"?"))
    #expect(try await nuri.send("GET", "/v1/worlds/live/twins?cursor=zz").status == 400)
    #expect(try await nuri.send("GET", "/v1/worlds/live/twins?model=dtmi:no:Such;1").status == 404)
    #expect(try await nuri.send("GET", "/v1/worlds/none/twins").status == 404)
  }

  @Test("Models: list, read, retire, delete")
  func models() async throws {
    let nuri = try NativeFixture()
    try await nuri.furnish()
    let list = try await nuri.send("GET", "/v1/worlds/live/models").json().root
    #expect(list["items"]?.count == 4)
    let needed = try await nuri.send("GET", "/v1/worlds/live/models?neededBy=dtmi:test:Office;1").json().root
    #expect(needed["items"]?.count == 3)
    let one = try await nuri.send("GET", "/v1/worlds/live/models/dtmi:test:Room;1").json().root
    #expect(one["definition"]?["@id"]?.string == "dtmi:test:Room;1")
    let again = try await nuri.send("POST", "/v1/worlds/live/models", roomModels)
    #expect(try again.status == 409 && again.code() == "modelExists")
    let broken = try await nuri.send(
      "POST", "/v1/worlds/live/models",
      #"{"@id":"dtmi:x;1","@type":"Nothing","@context":"dtmi:dtdl:context;3"}"#)
    #expect(try broken.status == 422 && broken.code() == "invalidModel")
    let retired = try await nuri.send(
      "PATCH", "/v1/worlds/live/models/dtmi:test:Room;1", #"{"decommissioned":true}"#)
    #expect(retired.status == 200)
    let twin = try await nuri.send(
      "PUT", "/v1/worlds/live/twins/late", #"{"$metadata":{"$model":"dtmi:test:Room;1"}}"#)
    #expect(try twin.status == 409 && twin.code() == "modelDecommissioned")
    #expect(try await nuri.send("DELETE", "/v1/worlds/live/models/dtmi:test:Thermostat;1").status == 409)
    #expect(try await nuri.send("DELETE", "/v1/worlds/live/models/dtmi:no:Such;1").status == 404)
    #expect(try await nuri.send("GET", "/v1/worlds/live/models/nonsense").status == 400)
  }

  @Test("Queries: pages, lines, the past, charge, and what is wrong with them")
  func queries() async throws {
    let nuri = try NativeFixture()
    try await nuri.furnish(rooms: 600)
    let before = try #require(try await nuri.send("GET", "/v1/worlds/live").headers["nuri-sequence"])
    try await nuri.send("PATCH", "/v1/worlds/live/twins/room-7", #"{"temperature":-5}"#)
    let count = try await nuri.send(
      "POST", "/v1/worlds/live/query",
      #"{"query":"SELECT COUNT() AS n FROM DIGITALTWINS T WHERE T.temperature < 0"}"#)
    #expect(count.text.hasPrefix(#"{"items":[{"n":1}],"charge":"#), "\(count.text)")
    #expect(count.headers["nuri-query-charge"] != nil && count.headers["nuri-sequence"] != nil)
    let then = try await nuri.send(
      "POST", "/v1/worlds/live/query",
      #"{"query":"SELECT COUNT() AS n FROM DIGITALTWINS T WHERE T.temperature < 0","at":"\#(before)"}"#)
    #expect(then.text.hasPrefix(#"{"items":[{"n":0}]"#) && then.headers["nuri-sequence"] == before)
    let all = "SELECT%20T.$dtId%20FROM%20DIGITALTWINS%20T"
    let lines = try await nuri.send(
      "GET", "/v1/worlds/live/query?q=\(all)", "", ["accept": "application/x-ndjson"])
    #expect(lines.status == 200 && lines.lines.count == 601)
    var rows = 0
    var continuation = ""
    repeat {
      let page = try await nuri.send(
        "GET", "/v1/worlds/live/query?q=\(all)&pageSize=250\(continuation)"
      ).json().root
      rows += page["items"]?.count ?? 0
      continuation = page["next"]?.string.map { "&continuation=\($0)" } ?? ""
      try await nuri.send("PATCH", "/v1/worlds/live/twins/room-7", #"{"temperature":\#(rows)}"#)
    } while !continuation.isEmpty
    #expect(rows == 601)
    let wrong = try await nuri.send("GET", "/v1/worlds/live/query?q=SELEKT")
    #expect(try wrong.status == 400 && wrong.code() == "invalidQuery")
    #expect(try wrong.json().root["place"]?.string == "line 1, column 1")
    #expect(try await nuri.send("GET", "/v1/worlds/live/query").status == 400)
  }

  @Test("History and series, in pages, lines, samples and buckets")
  func past() async throws {
    let nuri = try NativeFixture()
    try await nuri.furnish(rooms: 1)
    let start = nuri.clock.now()
    for n in 0..<10 {
      nuri.clock.clock.advance(microseconds: 60_000_000)
      try await nuri.send("PATCH", "/v1/worlds/live/twins/room-0?reason=tick", #"{"temperature":\#(n)}"#)
    }
    var sequences: [Int64] = []
    var cursor = ""
    repeat {
      let page = try await nuri.send("GET", "/v1/worlds/live/twins/room-0/history?pageSize=4\(cursor)").json()
        .root
      sequences += page["items"]?.elements.compactMap { $0["sequence"]?.int64 } ?? []
      cursor = page["next"]?.string.map { "&cursor=\($0)" } ?? ""
    } while !cursor.isEmpty
    #expect(sequences.count == 12 && sequences == sequences.sorted(by: >))
    let own = try await nuri.send(
      "GET", "/v1/worlds/live/twins/room-0/history?relationships=false", "",
      ["accept": "application/x-ndjson"])
    #expect(own.lines.count == 11)
    let target = "/v1/worlds/live/twins/room-0/series?path=temperature"
    let samples = try await nuri.send("GET", "\(target)&limit=3").json().root
    #expect(samples["samples"]?.elements.compactMap { $0["value"]?.double } == [7, 8, 9])
    let buckets = try await nuri.send("GET", "\(target)&from=\(start)&buckets=2").json().root
    #expect(buckets["buckets"]?.elements.compactMap { $0["count"]?.int64 }.reduce(0, +) == 11, "\(buckets)")
    #expect(try await nuri.send("GET", "\(target)&from=5").status == 400)
    #expect(try await nuri.send("GET", "/v1/worlds/live/twins/room-0/series?path=none").status == 422)
    #expect(try await nuri.send("GET", "/v1/worlds/live/twins/none/history").status == 404)
    var from = 1
    var seen = 0
    while true {
      let page = try await nuri.send("GET", "/v1/worlds/live/changes?from=\(from)&pageSize=5").json().root
      seen += page["items"]?.count ?? 0
      guard page["next"] != nil else { break }
      from += 5
    }
    #expect(seen == 14)
  }

  @Test("A fork tells when the change it starts from was recorded, however deep and whenever it was made")
  func forkedAt() async throws {
    let nuri = try NativeFixture()
    try await nuri.furnish()
    let point = try await nuri.send("GET", "/v1/worlds/live").json().root["sequence"]
    _ = try await nuri.send("POST", "/v1/worlds", #"{"name":"upper"}"#)
    _ = try await nuri.send("PATCH", "/v1/worlds/upper/twins/room-1", #"{"temperature":30}"#)
    _ = try await nuri.send("POST", "/v1/worlds", #"{"name":"lower","parent":"upper"}"#)
    _ = try await nuri.send("POST", "/v1/worlds", #"{"name":"lowest","parent":"lower"}"#)
    let upper = try await nuri.send("GET", "/v1/worlds/upper").json().root
    #expect(try await upper["forkedAt"]?.string == recorded(point, nuri))
    for name in ["lower", "lowest"] {
      let world = try await nuri.send("GET", "/v1/worlds/\(name)").json().root
      let there = world["forkedAt"]?.string
      #expect(there != nil)
      #expect(try await there == recorded(world["forkPoint"], nuri, in: "upper"))
    }
  }

  /// When a change of a world was recorded, by its history.
  private func recorded(
    _ sequence: JSONNode?, _ nuri: NativeFixture, in world: String = "live"
  ) async throws -> String? {
    let sequence = try #require(sequence?.string ?? sequence?.int64.map(String.init))
    let changes = try await nuri.send("GET", "/v1/worlds/\(world)/changes?from=\(sequence)&pageSize=1")
    return Array(try changes.json().root["items"]?.elements ?? JSONDocument().root.elements).first?[
      "recorded"]?
      .string
  }
}
