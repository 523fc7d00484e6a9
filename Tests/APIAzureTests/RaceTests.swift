import APIAzure
import Testing
import TwinEngine
import TwinGraph
import TwinValues

/// What holds when several clients write at once.
@Suite struct RaceTests {
  private let building = #"{"$metadata": {"$model": "dtmi:test:Building;1"}, "storeys": 0}"#

  /// Clients that read, add one and write with If-Match: every one that was told 204 counts, no other does.
  @Test func noUpdateIsLost() async throws {
    let fixture = try Fixture()
    try await fixture.addModels()
    await fixture.send("PUT", "/digitaltwins/b1", building)
    let counts = await withTaskGroup(of: (done: Int, refused: Int).self) { group in
      for _ in 0..<8 { group.addTask { await increment(fixture, times: 20) } }
      return await group.reduce(into: (done: 0, refused: 0)) {
        $0.done += $1.done
        $0.refused += $1.refused
      }
    }
    let twin = try await fixture.send("GET", "/digitaltwins/b1").json()
    #expect(twin.root["storeys"]?.int64 == Int64(counts.done))
    #expect(counts.done == 160)
  }

  /// Of many who create a twin only if it is not there, one does.
  @Test func oneCreates() async throws {
    let fixture = try Fixture()
    try await fixture.addModels()
    let body = building
    let statuses = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<16 {
        group.addTask {
          await fixture.send("PUT", "/digitaltwins/b1", headers: [("If-None-Match", "*")], body).status
        }
      }
      return await group.reduce(into: [Int]()) { $0.append($1) }
    }
    #expect(statuses.filter { $0 == 200 }.count == 1)
    #expect(statuses.filter { $0 == 412 }.count == 15)
  }

  /// The answer to a PUT shows what that PUT wrote, with its own ETag, whatever came after.
  @Test func answersShowTheirOwnWrite() async throws {
    let fixture = try Fixture()
    try await fixture.addModels()
    let answers = await withTaskGroup(of: (Int, AzureResponse).self) { group in
      for number in 0..<64 {
        let body = #"{"$metadata": {"$model": "dtmi:test:Building;1"}, "storeys": \#(number)}"#
        group.addTask { (number, await fixture.send("PUT", "/digitaltwins/b1", body)) }
      }
      return await group.reduce(into: [(Int, AzureResponse)]()) { $0.append($1) }
    }
    var etags: Set<String> = []
    for (number, answer) in answers {
      let root = try answer.json().root
      #expect(root["storeys"]?.int64 == Int64(number))
      let etag = try #require(root["$etag"]?.string)
      #expect(answer.header("ETag") == etag)
      etags.insert(etag)
      let sequence = try #require(ETag.sequence(etag))
      let then = try fixture.engine.world().twin("b1", at: .sequence(sequence))
      #expect(then?.properties == [PropertyEdit("storeys", .integer(Int64(number)))])
    }
    #expect(etags.count == 64)
  }

  /// A query sees every write that was acknowledged before it was asked.
  @Test func queriesSeeWrites() async throws {
    let fixture = try Fixture()
    try await fixture.addModels()
    await withTaskGroup(of: Void.self) { group in
      for client in 0..<4 {
        group.addTask {
          for number in 0..<25 {
            let id = "c\(client)-\(number)"
            await fixture.send("PUT", "/digitaltwins/\(id)", building)
            let answer = await fixture.send(
              "POST", "/query", #"{"query": "SELECT T.$dtId FROM digitaltwins T WHERE T.$dtId = '\#(id)'"}"#)
            #expect(answer.text.contains(id), "\(answer.text)")
          }
        }
      }
    }
  }
}

/// Adds one to a twin's storeys so many times, trying again when another was faster.
private func increment(_ fixture: Fixture, times: Int) async -> (done: Int, refused: Int) {
  var done = 0
  var refused = 0
  while done < times, refused < 10_000 {
    let read = await fixture.send("GET", "/digitaltwins/b1")
    guard let storeys = try? read.json().root["storeys"]?.int64, let etag = read.header("ETag") else { break }
    let patch = #"[{"op": "replace", "path": "/storeys", "value": \#(storeys + 1)}]"#
    let answer = await fixture.send("PATCH", "/digitaltwins/b1", headers: [("If-Match", etag)], patch)
    if answer.status == 204 { done += 1 } else { refused += 1 }
  }
  return (done, refused)
}
