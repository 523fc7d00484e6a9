import APIAzure
import Testing
import TwinEngine
import TwinGraph
import TwinValues

/// A runner that knows one file, `in`, which holds one twin.
private struct OneTwin: ImportRunner {
  func check(input: String, output: String) throws(NuriError) {
    guard input == "in" else { throw NuriError(.invalidId, "There is no such file.") }
  }

  func carryOut(input: String, output: String, into world: WorldSession, _ run: JobRun) throws(NuriError) {
    if output == "fail" { throw NuriError(.invalidValue, "Nothing fits.") }
    while output == "wait" { try run.progress(done: 0, total: 1) }
    try world.waitToWrite([
      Operation(.putTwin(id: "imported", model: "dtmi:test:Room;1", properties: []))
    ])
  }
}

@Suite struct JobTests {
  private struct Setting {
    let fixture: Fixture
    let board: JobBoard
    let api: AzureAPI

    init(_ principal: Principal = .owner("azure-api")) async throws {
      fixture = try Fixture()
      try await fixture.addModels()
      board = try JobBoard(fixture.engine)
      api = AzureAPI(
        Session(fixture.engine, as: principal), jobs: AzureJobs(board, imports: OneTwin()))
    }

    func send(
      _ method: String, _ path: String, _ body: String = "", query: String = "api-version=2023-10-31",
      headers: [AzureRequest.Header] = []
    ) async -> AzureResponse {
      await api.respond(
        to: AzureRequest(
          method: method, path: path, query: query, headers: headers, body: Array(body.utf8),
          origin: "https://here"))
    }

    /// Asks until the job is over.
    func end(_ path: String) async throws -> JSONDocument {
      while true {
        let answer = try await send("GET", path).json()
        let status = answer.root["status"]?.string ?? ""
        if !["notstarted", "running", "cancelling"].contains(status) { return answer }
        await Task.yield()
      }
    }
  }

  private func ask(_ output: String) -> String { #"{"inputBlobUri":"in","outputBlobUri":"\#(output)"}"# }

  @Test func importsAndIsListed() async throws {
    let here = try await Setting()
    let made = await here.send("PUT", "/jobs/imports/one", ask("out"))
    #expect(made.status == 201)
    #expect(try made.json().root["outputBlobUri"]?.string == "out")
    let done = try await here.end("/jobs/imports/one")
    #expect(done.root["status"]?.string == "succeeded")
    for time in ["createdDateTime", "lastActionDateTime", "finishedDateTime", "purgeDateTime"] {
      #expect(done.root[time]?.string != nil, "\(time)")
    }
    #expect(await here.send("GET", "/digitaltwins/imported").status == 200)
    let list = try await here.send("GET", "/jobs/imports").json()
    #expect(list.root["value"]?.elements.map { $0["id"]?.string } == ["one"])
    #expect(
      await here.send("PUT", "/jobs/imports/one", ask("out")).header("x-ms-error-code")
        == "JobIdAlreadyExists")
    #expect(await here.send("DELETE", "/jobs/imports/one").status == 204)
    #expect(await here.send("DELETE", "/jobs/imports/one").header("x-ms-error-code") == "JobNotFound")
    #expect(await here.send("GET", "/jobs/imports/one").header("x-ms-error-code") == "JobNotFound")
    here.board.close()
  }

  @Test func failsAndIsCancelled() async throws {
    let here = try await Setting()
    _ = await here.send("PUT", "/jobs/imports/bad", ask("fail"))
    let bad = try await here.end("/jobs/imports/bad")
    #expect(bad.root["status"]?.string == "failed")
    #expect(bad.root["error"]?["code"]?.string == "ValidationFailed")
    let late = await here.send("POST", "/jobs/imports/bad/cancel")
    #expect(late.status == 200)
    #expect(try late.json().root["status"]?.string == "failed")
    #expect(await here.send("POST", "/jobs/imports/none/cancel").header("x-ms-error-code") == "JobNotFound")
    _ = await here.send("PUT", "/jobs/imports/slow", ask("wait"))
    for id in ["two", "slow"] {
      #expect(
        await here.send("PUT", "/jobs/imports/\(id)", ask("out")).header("x-ms-error-code")
          == "TooManyRequests")
    }
    #expect(await here.send("POST", "/jobs/deletions").header("x-ms-error-code") == "TooManyRequests")
    #expect(await here.send("DELETE", "/jobs/imports/slow").header("x-ms-error-code") == "ValidationFailed")
    let cancelled = await here.send("POST", "/jobs/imports/slow/cancel")
    #expect(cancelled.status == 200)
    #expect(try cancelled.json().root["status"]?.string == "cancelling")
    #expect(try await here.end("/jobs/imports/slow").root["status"]?.string == "cancelled")
    here.board.close()
  }

  @Test func deletesEverything() async throws {
    let here = try await Setting()
    for id in ["b1", "b2"] {
      await here.fixture.send(
        "PUT", "/digitaltwins/\(id)", #"{"$metadata": {"$model": "dtmi:test:Room;1"}}"#)
    }
    let accepted = await here.send("POST", "/jobs/deletions", headers: [("operation-id", "all")])
    #expect(accepted.status == 202)
    #expect(
      accepted.header("Operation-Location") == "https://here/jobs/deletions/all?api-version=2023-10-31")
    #expect(accepted.header("Operation-Id") == "all")
    let done = try await here.end("/jobs/deletions/all")
    #expect(
      done.root["status"]?.string == "succeeded",
      "\(String(decoding: done.root.sourceText.utf8, as: UTF8.self))")
    let graph = try here.fixture.engine.world().snapshot().graph
    #expect(graph.twinCount == 0 && graph.relationshipCount == 0 && graph.models.ids.isEmpty)
    let again = await here.send("POST", "/jobs/deletions", headers: [("operation-id", "all")])
    #expect(again.header("x-ms-error-code") == "ValidationFailed")
    #expect(await here.send("GET", "/jobs/deletions/none").header("x-ms-error-code") == "DeleteJobNotFound")
    #expect(try await here.send("GET", "/jobs/deletions").json().root["value"]?.count == 1)
    here.board.close()
  }

  @Test(arguments: ["14", "1441", "x", "-1", ""]) func timeouts(_ minutes: String) async throws {
    let here = try await Setting()
    let answer = await here.send(
      "POST", "/jobs/deletions", query: "api-version=2023-10-31&timeoutInMinutes=\(minutes)")
    #expect(answer.header("x-ms-error-code") == "ValidationFailed")
    here.board.close()
  }

  @Test(arguments: [
    ("2020-10-31", "/jobs/imports", 400), ("2022-05-31", "/jobs/imports", 400),
    ("2023-06-30", "/jobs/imports", 200), ("2023-06-30", "/jobs/deletions", 400),
    ("2023-10-31", "/jobs/deletions", 200),
  ])
  func versions(_ version: String, _ path: String, _ status: Int) async throws {
    let here = try await Setting()
    let answer = await here.send("GET", path, query: "api-version=\(version)")
    #expect(answer.status == status)
    if status == 400 { #expect(answer.header("x-ms-error-code") == "UnsupportedApiVersion") }
    here.board.close()
  }

  @Test(arguments: [
    "", "[]", "{}", #"{"inputBlobUri":"in"}"#, #"{"inputBlobUri":"none","outputBlobUri":"x"}"#,
  ])
  func badRequests(_ body: String) async throws {
    let here = try await Setting()
    #expect(await here.send("PUT", "/jobs/imports/x", body).status == 400)
    #expect(here.board.all.isEmpty)
    here.board.close()
  }

  @Test func readersMayOnlyLook() async throws {
    let here = try await Setting(Principal("reader", roles: [.reader]))
    #expect(await here.send("GET", "/jobs/imports").status == 200)
    #expect(await here.send("PUT", "/jobs/imports/x", ask("out")).status == 403)
    #expect(await here.send("POST", "/jobs/deletions").status == 403)
    here.board.close()
  }
}
