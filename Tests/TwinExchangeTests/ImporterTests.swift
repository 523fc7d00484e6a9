import ProofServers
import Testing
import TwinEngine
import TwinGraph
import TwinValues

@testable import TwinExchange

@Suite struct ImporterTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: ["world.ndjson", "world.ndjson.zst"])
  func whatGoesOutComesBackTheSame(_ name: String) throws {
    let engine = try folder.engine()
    let live = try engine.live
    let source = try folder.file("source.ndjson", Fixture.text(twins: 40))
    let report = try Importer(into: live).run(source)
    #expect((report.models, report.twins, report.relationships) == (2, 40, 39))
    let first = "\(folder.path)/\(name)"
    try WorldExporter(try live.snapshot()).writeNDJSON(to: first)

    let other = try Engine.create(at: "\(folder.path)/other")
    try Importer(into: try other.live).run(first)
    let second = "\(folder.path)/again.ndjson"
    try WorldExporter(try other.live.snapshot()).writeNDJSON(to: second)
    let third = "\(folder.path)/first.ndjson"
    try WorldExporter(try live.snapshot()).writeNDJSON(to: third)
    #expect(try PosixFiles.text(second) == PosixFiles.text(third))
    var differences = 0
    Graph.differences(
      from: try live.snapshot().graph, to: try other.live.snapshot().graph, sharedThrough: 0
    ) { _ in
      differences += 1
      return true
    }
    #expect(differences == 0)
    try engine.close()
    try other.close()
  }

  @Test func batchesAreWholeAndNameTheirLine() throws {
    let engine = try folder.engine()
    let live = try engine.live
    var options = ImportOptions()
    options.batchOperations = 10
    let path = try folder.file("world.ndjson", Fixture.text(twins: 25))
    var seen: [Int] = []
    try Importer(into: live, options).run(path) { seen.append($0.records) }
    #expect(seen == [1, 11, 21, 26, 36, 46, 50])
    var reasons: [String] = []
    try live.changes(from: 1) { record in
      if record.endsBatch { reasons.append(record.cause.reason) }
      return true
    }
    #expect(reasons[1].hasPrefix("import world.ndjson#"))
    #expect(reasons.map { $0.split(separator: " ").last ?? "" } == ["5", "16", "26", "31", "42", "52", "56"])
    try engine.close()
  }

  @Test func goesOnWhereItStopped() throws {
    let engine = try folder.engine()
    let live = try engine.live
    var lines = Fixture.lines(twins: 30)
    // A relationship to nowhere stops the import in its second-last batch.
    lines[lines.count - 5] = Fixture.link(3, 99)
    let path = try folder.file("world.ndjson", lines.joined(separator: "\n"))
    var options = ImportOptions()
    options.batchOperations = 10
    let error = #expect(throws: NuriError.self) { try Importer(into: live, options).run(path) }
    #expect(error?.code == .twinNotFound)
    #expect(error?.place?.contains("world.ndjson, line \(lines.count - 4)") == true, "\(error?.place ?? "")")
    let done = try live.snapshot().sequence

    options.continuesOnError = true
    let report = try Importer(into: live, options).run(path)
    #expect(report.resumedAfterLine > 36)
    #expect(report.rejected == 1)
    #expect(report.twins == 0)
    #expect(try live.snapshot().sequence == done + UInt64(report.relationships) - 1)
    #expect(try live.snapshot().graph.relationshipCount == 28)

    let again = try Importer(into: live, options).run(path)
    #expect(again.twins == 0 && again.relationships <= 1)
    options.restarts = true
    #expect(try Importer(into: live, options).run(path).twins == 30)
    try engine.close()
  }

  @Test func rejectsCanBePutRightAndImported() throws {
    let engine = try folder.engine()
    let live = try engine.live
    var lines = Fixture.lines(twins: 6)
    lines[7] = lines[7].replacing("\"floor\":1", with: "\"floor\":\"one\"")
    lines[8] = "{\"$dtId\": no JSON"
    let path = try folder.file("world.ndjson", lines.joined(separator: "\n"))
    var options = ImportOptions()
    options.continuesOnError = true
    let report = try Importer(into: live, options).run(path)
    #expect(report.rejected == 5)
    let rejects = try #require(report.rejectsPath)
    let text = try PosixFiles.text(rejects)
    #expect(text.contains("\"$error\":\"line 8:"))
    #expect(text.contains("\"$text\":\"{\\\"$dtId\\\": no JSON\""))
    let fixed = text.replacing("\"floor\":\"one\"", with: "\"floor\":1")
      .split(separator: "\n").filter { !$0.contains("$text") }.joined(separator: "\n")
    let fixedPath = try folder.file("fixed.ndjson", fixed)
    let second = try Importer(into: live, options).run(fixedPath)
    #expect(second.twins == 1)
    #expect(try live.snapshot().graph.twinCount == 5)
    try engine.close()
  }

  @Test func faultsOfTheWholeFileEndItEvenWhenRecordsMayFail() throws {
    let engine = try folder.engine()
    var lines = Fixture.lines(twins: 4)
    lines[6] = "{"
    lines.insert("{\"Section\":\"Twins\"}", at: 9)
    var options = ImportOptions()
    options.continuesOnError = true
    let path = try folder.file("world.ndjson", lines.joined(separator: "\n"))
    let error = #expect(throws: NuriError.self) { try Importer(into: try engine.live, options).run(path) }
    #expect(error?.place == "world.ndjson, line 10")
    try engine.close()
  }

  @Test func modelsThatAreThereAreNotAddedTwice() throws {
    let engine = try folder.engine()
    let live = try engine.live
    try Importer(into: live).run(try folder.file("a.ndjson", Fixture.text(twins: 2)))
    let second = try Importer(into: live).run(try folder.file("b.ndjson", Fixture.text(twins: 3)))
    #expect(second.models == 0 && second.twins == 3)
    let other = Fixture.text(twins: 1).replacing("\"en\":\"Room\"", with: "\"en\":\"Chamber\"")
    let error = #expect(throws: NuriError.self) {
      try Importer(into: live).run(try folder.file("c.ndjson", other))
    }
    #expect(error?.code == .modelExists)
    try engine.close()
  }

  @Test func modelsThatExtendInACircleAreRefused() throws {
    let engine = try folder.engine()
    let circle = ["A", "B"].map { name in
      let other = name == "A" ? "B" : "A"
      return
        "{\"@context\":\"dtmi:dtdl:context;3\",\"@id\":\"dtmi:t:\(name);1\",\"@type\":\"Interface\",\"extends\":\"dtmi:t:\(other);1\"}"
    }
    let lines = Fixture.header + ["{\"Section\":\"Models\"}"] + circle
    let path = try folder.file("c.ndjson", lines.joined(separator: "\n"))
    let error = #expect(throws: NuriError.self) { try Importer(into: try engine.live).run(path) }
    #expect(error?.place?.contains("section Models") == true)
    #expect(try engine.live.snapshot().sequence == 0)
    try engine.close()
  }

  @Test func theClockCanBeSet() throws {
    let engine = try folder.engine()
    var options = ImportOptions()
    options.clock = try Instant("2018-04-30")
    try Importer(into: try engine.live, options).run(try folder.file("a.ndjson", Fixture.text(twins: 2)))
    #expect(try engine.live.snapshot().recorded == options.clock)
    try engine.close()
  }
}
