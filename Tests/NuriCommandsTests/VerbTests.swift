import Foundation
import Glibc
import Testing
import TwinEngine
import TwinLog
import TwinValues

@testable import NuriCommands

@Suite struct VerbTests {
  @Test func initMakesAFolderOnce() throws {
    let shell = try Shell()
    #expect(shell.run("worlds").exit == .notFound)
    #expect(shell.run("init").exit == .success)
    #expect(shell.run("worlds").output.contains("live"))
    #expect(shell.run("init").exit == .conflict)
    #expect(shell.run("worlds", "--data", "\(shell.folder)/other").exit == .notFound)
  }

  @Test func importsAndLists() throws {
    let shell = try Shell()
    shell.run("init")
    let path = try shell.file("world.ndjson", Fixture.world)
    let first = shell.run("import", path, "--json")
    #expect(first.output.contains("\"twins\":2"))
    let second = shell.run("import", path)
    #expect(second.errors.contains("Went on after line 9"))
    #expect(shell.run("import", "\(shell.folder)/none.ndjson").exit == .notFound)
    let broken = try shell.file("broken.ndjson", Fixture.world.replacing("20.5", with: "\"hot\""))
    let refused = shell.run("import", broken)
    #expect(refused.exit == .invalid)
    #expect(refused.errors.contains("line 6"))
    #expect(shell.run("import", broken, "--continue").exit == .invalid)
    #expect(try shell.text("broken.ndjson.rejects.ndjson").contains("$error"))
    let list = shell.run("model", "list")
    #expect(list.output.contains("dtmi:t:Room;1") && list.output.contains("Room"))
    #expect(shell.run("model", "list", "--lang", "ko").output.contains("방"))
  }

  @Test func aWorldKeepsWhoseDataItHolds() throws {
    let shell = try Shell.withWorld()
    let path = try shell.file("more.ndjson", Fixture.world + "\n")
    let source = "© 김 & Co. (CC BY 4.0)"
    for options in [[], ["--restart"]] {
      let answer = shell.run(words: ["import", path, "--attribution", source] + options)
      #expect(answer.exit == .success, "\(answer.errors)")
    }
    let question =
      "SELECT T.$dtId, T.attribution FROM DIGITALTWINS T WHERE IS_OF_MODEL(T, 'dtmi:nuri:core:DataSource;1')"
    let rows = #"{"$dtId":"source-김-co-cc-by-4-0","attribution":"\#(source)"}"# + "\n"
    #expect(shell.run("query", question, "--json").output == rows)
    shell.run("fork", "plan")
    #expect(shell.run("query", question, "--json", "--world", "plan").output == rows)
    shell.run("export", "\(shell.folder)/out.ndjson")
    shell.run("init", "--data", "\(shell.folder)/copy")
    shell.run("import", "\(shell.folder)/out.ndjson", "--data", "\(shell.folder)/copy")
    #expect(shell.run("query", question, "--json", "--data", "\(shell.folder)/copy").output == rows)
  }

  @Test func mapsATable() throws {
    let shell = try Shell.withWorld()
    let csv = try shell.file("r.csv", "no;name\n1;가\n2;\n")
    let map = try shell.file(
      "m.json", #"{"model":"dtmi:t:Room;1","id":"r{no}","properties":{"name":{"column":"name"}}}"#)
    #expect(shell.run("import", csv).exit == .usage)
    let answer = shell.run("import", csv, "--map", map, "--delimiter", ";")
    #expect(answer.exit == .success, "\(answer.errors)")
    #expect(answer.output.contains("2 twins new"))
    #expect(shell.run("import", csv, "--map", csv).exit == .invalid)
    #expect(shell.run("import", csv, "--map", map, "--delimiter", "ab").exit == .usage)
    #expect(shell.run("import", map, "--map", map, "--format", "csv").exit == .invalid)
  }

  @Test func exports() throws {
    let shell = try Shell.withWorld()
    let model = """
      {"@context": "dtmi:dtdl:context;3",
        "@id": "dtmi:t:Lines;1", "@type": "Interface"}
      """
    shell.run("model", "add", try shell.file("lines.json", model))
    #expect(shell.run("export", "\(shell.folder)/w.ndjson").exit == .success)
    #expect(try shell.text("w.ndjson").split(separator: "\n").count == 10)
    shell.run("export", "\(shell.folder)/w.ndjson.zst")
    shell.run("init", "--data", "\(shell.folder)/copy")
    #expect(
      shell.run("import", "\(shell.folder)/w.ndjson.zst", "--data", "\(shell.folder)/copy", "--json")
        .output.contains("\"relationships\":1"))
    shell.run("export", "\(shell.folder)/w.geojson")
    #expect(try shell.text("w.geojson").contains("\"$dtId\":\"a\""))
    let table = shell.run(
      "export", "\(shell.folder)/w.csv", "--query",
      "SELECT T.$dtId, T.temperature FROM digitaltwins T ORDER BY T.$dtId")
    #expect(table.exit == .success, "\(table.errors)")
    #expect(try shell.text("w.csv") == "$dtId,temperature\r\na,20.5\r\nb,18\r\n")
    #expect(shell.run("export", "\(shell.folder)/w.csv").exit == .usage)
    #expect(shell.run("export", "/proc/nowhere/w.ndjson").exit == .unavailable)
  }

  @Test func queries() throws {
    let shell = try Shell.withWorld()
    let text = "SELECT T.$dtId, T.temperature FROM digitaltwins T WHERE T.temperature > 19"
    let answer = shell.run("query", text)
    #expect(answer.lines.count == 2 && answer.output.contains("20.5"), "\(answer.output)\(answer.errors)")
    #expect(shell.run("query", input: text).output == answer.output)
    #expect(shell.run("query", input: "").exit == .usage)
    #expect(shell.run("query", text, "--json").output == "{\"$dtId\":\"a\",\"temperature\":20.5}\n")
    #expect(shell.run("query", text, "--explain").exit == .success)
    #expect(shell.run("query", "SELECT * FORM digitaltwins").exit == .invalid)
    let page = shell.run("query", "SELECT T.$dtId FROM digitaltwins T ORDER BY T.$dtId", "--page", "1")
    let document = try JSONDocument(page.output)
    let token = try #require(document.root["continuationToken"]?.string)
    let next = shell.run(
      "query", "SELECT T.$dtId FROM digitaltwins T ORDER BY T.$dtId", "--page", "1", "--continuation", token)
    #expect(next.output.contains("\"b\""), "\(next.output)\(next.errors)")
    #expect(shell.run("query", text, "--as-of", "#1").output.contains("No rows"))
    #expect(shell.run("query", text, "--as-of", "yesterday").exit == .invalid)
    #expect(shell.run("query", text, "--world", "nope").exit == .notFound)
  }

  @Test func twins() throws {
    let shell = try Shell.withWorld()
    #expect(
      shell.run("twin", "create", "c", "--model", "dtmi:t:Room;1", "name=5", "floor=3").exit == .success)
    #expect(shell.run("twin", "create", "c", "--model", "dtmi:t:Room;1").exit == .conflict)
    #expect(shell.run("twin", "create", "d").exit == .usage)
    #expect(shell.run("twin", "create", "d", "--model", "dtmi:t:None;1").exit == .notFound)
    let file = try shell.file("t.json", #"{"$metadata":{"$model":"dtmi:t:Room;1"},"name":"from file"}"#)
    #expect(shell.run("twin", "create", "d", "--file", file, "floor=9").exit == .success)
    #expect(
      shell.run("twin", "get", "d", "--json").output.contains("\"name\":\"from file\",\"floor\":9")
        || shell.run("twin", "get", "d", "--json").output.contains("\"floor\":9"))
    let before = try JSONDocument(shell.run("twin", "get", "c", "--json").output)
    let etag = try #require(before.root["$etag"]?.string)
    #expect(before.root["name"]?.string == "5")
    #expect(shell.run("twin", "set", "c", "temperature=-4.5", "floor=", "--if-match", etag).exit == .success)
    #expect(shell.run("twin", "set", "c", "floor=1", "--if-match", etag).exit == .conflict)
    #expect(shell.run("twin", "set", "c", "floor=high").exit == .invalid)
    #expect(shell.run("twin", "set", "c", "flor=1").exit == .invalid)
    #expect(shell.run("twin", "set", "c", "floor").exit == .usage)
    #expect(shell.run("twin", "set", "nope", "floor=1").exit == .notFound)
    let now = shell.run("twin", "get", "c")
    #expect(now.output.contains("-4.5") && !now.output.contains("floor"), "\(now.output)")
    let history = shell.run("twin", "history", "c", "--json")
    #expect(history.lines.count == 2 && history.output.contains("cli:tester"))
    #expect(shell.run("twin", "history", "c").lines.count == 3)
    #expect(shell.run("twin", "history", "nope").exit == .notFound)
    let samples = shell.run("twin", "history", "c", "--property", "temperature", "--json")
    #expect(samples.output.contains("-4.5"))
    #expect(
      shell.run("twin", "history", "c", "--property", "temperature", "--every", "1h").output.contains("-4.5"))
    #expect(shell.run("twin", "history", "c", "--property", "temperature", "--every", "x").exit == .usage)
    #expect(shell.run("twin", "delete", "a").exit == .conflict)
    #expect(shell.run("twin", "delete", "a", "--with-relationships").exit == .success)
    #expect(shell.run("twin", "get", "a").exit == .notFound)
    #expect(shell.run("twin", "delete", "a").exit == .notFound)
  }

  @Test func relationships() throws {
    let shell = try Shell.withWorld()
    #expect(shell.run("relationship", "set", "b", "leadsTo", "a", "width=1.5").exit == .success)
    let list = shell.run("relationship", "list", "a", "--incoming", "--json")
    #expect(list.output.contains("\"$relationshipId\":\"b:leadsTo\"") && list.output.contains("1.5"))
    #expect(shell.run("relationship", "list", "a").lines.count == 2)
    #expect(shell.run("relationship", "list", "a", "--name", "other").lines.count == 1)
    #expect(shell.run("relationship", "list", "zz").exit == .notFound)
    #expect(shell.run("relationship", "set", "b", "hates", "a").exit == .invalid)
    #expect(shell.run("relationship", "set", "b", "leadsTo", "zz").exit == .notFound)
    #expect(shell.run("relationship", "delete", "b", "b:leadsTo").exit == .success)
    #expect(shell.run("relationship", "delete", "b", "b:leadsTo").exit == .notFound)
  }

  @Test func models() throws {
    let shell = try Shell()
    shell.run("init")
    let path = try shell.file("room.json", Fixture.model)
    #expect(shell.run("model", "validate", path).exit == .success)
    #expect(shell.run("model", "add", path).output.contains("dtmi:t:Room;1"))
    #expect(shell.run("model", "add", path).exit != .success)
    #expect(shell.run("model", "show", "dtmi:t:Room;1").output.contains("temperature"))
    #expect(shell.run("model", "show", "dtmi:t:Room;1", "--json").output == Fixture.model + "\n")
    #expect(shell.run("model", "show", "dtmi:t:None;1").exit == .notFound)
    let bad = try shell.file("bad.json", Fixture.model.replacing("\"double\"", with: "\"dubble\""))
    let faults = shell.run("model", "validate", bad)
    #expect(faults.exit == .invalid && !faults.output.isEmpty)
    #expect(shell.run("model", "decommission", "dtmi:t:Room;1").exit == .success)
    #expect(shell.run("twin", "create", "x", "--model", "dtmi:t:Room;1").exit == .conflict)
    #expect(shell.run("model", "decommission", "dtmi:t:Room;1", "--undo").exit == .success)
    #expect(shell.run("twin", "create", "x", "--model", "dtmi:t:Room;1").exit == .success)
    #expect(shell.run("model", "delete", "dtmi:t:Room;1").exit == .conflict)
    shell.run("twin", "delete", "x")
    #expect(shell.run("model", "delete", "dtmi:t:Room;1").exit == .success)
  }

  @Test func migrates() throws {
    let shell = try Shell.withWorld()
    let wider = Fixture.floor.replacing("integer", with: "double")
    let second = Fixture.room(
      2, [Fixture.name, Fixture.temperature, wider, Fixture.leadsTo].joined(separator: ","))
    let third = Fixture.room(3, [Fixture.name, wider].joined(separator: ","))
    shell.run("model", "add", try shell.file("v.json", "[\(second),\(third)]"))
    let preview = shell.run("model", "migrate", "dtmi:t:Room;1", "dtmi:t:Room;2")
    #expect(preview.exit == .conflict)
    #expect(preview.output.contains("2 twins would move") && preview.output.contains("place"))
    #expect(shell.run("model", "migrate", "dtmi:t:Room;1", "dtmi:t:Room;2", "--apply").exit == .conflict)
    #expect(
      shell.run("model", "migrate", "dtmi:t:Room;1", "dtmi:t:Room;3", "--apply", "--drop").exit == .conflict)
    let json = try JSONDocument(
      shell.run("model", "migrate", "dtmi:t:Room;1", "dtmi:t:Room;2", "--json").output)
    #expect(json.root["twins"]?.int64 == 2 && json.root["broken"]?.int64 == 1)
    let before = shell.run("export", "-", "--format", "ndjson")
    let done = shell.run("model", "migrate", "dtmi:t:Room;1", "dtmi:t:Room;2", "--apply", "--drop", "--json")
    #expect(done.exit == .success, "\(done.errors)")
    let last = try #require(try JSONDocument(done.output).root["lastSequence"]?.int64)
    let moved = shell.run("twin", "get", "a", "--json").output
    #expect(moved.contains("dtmi:t:Room;2") && moved.contains("\"floor\":1") && !moved.contains("place"))
    #expect(shell.run("twin", "history", "a").output.contains("migrate dtmi:t:Room;1 to dtmi:t:Room;2"))
    #expect(shell.run("model", "migrate", "--undo", "1").exit == .notFound)

    shell.run("twin", "set", "b", "temperature=1")
    let refused = shell.run("model", "migrate", "--undo", "\(last)")
    #expect(refused.exit == .conflict && refused.errors.contains("b"))
    shell.run("fork", "again", "--as-of", "#\(last)")
    let undone = shell.run("model", "migrate", "--undo", "\(last)", "--world", "again")
    #expect(undone.exit == .success, "\(undone.errors)")
    #expect(shell.run("twin", "get", "a", "--json", "--world", "again").output.contains("place"))
    #expect(before.exit == .success)
  }

  @Test func worlds() throws {
    let shell = try Shell.withWorld()
    #expect(shell.run("fork", "plan", "--label", "메모").exit == .success)
    #expect(shell.run("fork", "plan").exit == .conflict)
    #expect(shell.run("fork", "bad name").exit == .invalid)
    shell.run("twin", "set", "a", "temperature=5", "--world", "plan")
    #expect(shell.run("worlds").output.contains("메모"))
    #expect(shell.run("label", "plan", "new", "--expires", "2001-01-01").exit == .success)
    #expect(shell.run("label", "plan").exit == .usage)
    #expect(shell.run("worlds", "--json").output.contains("\"expires\":\"2001-01-01"))
    let diff = shell.run("diff", "live", "plan", "--json")
    #expect(diff.output.contains("\"old\":20.5,\"new\":5"))
    #expect(shell.run("diff", "live", "plan").output.contains("temperature"))
    #expect(shell.run("diff", "live", "live").output.contains("No difference"))
    #expect(shell.run("diff", "live@#x", "live").exit == .usage)
    #expect(shell.run("promote", "plan", "--preview").output.contains("1 change "))
    shell.run("twin", "set", "a", "temperature=7")
    #expect(shell.run("promote", "plan", "--preview").exit == .conflict)
    #expect(shell.run("promote", "plan").exit == .conflict)
    #expect(shell.run("promote", "plan", "--resolve", "mine").exit == .success)
    #expect(shell.run("twin", "get", "a", "--json").output.contains("\"temperature\":5"))
    #expect(shell.run("promote", "live").exit == .notFound)
    #expect(shell.run("discard").exit == .usage)
    #expect(shell.run("discard", "--expired").output.contains("plan"))
    #expect(shell.run("discard", "plan").exit == .notFound)
    #expect(shell.run("fork", "follower", "--tracking").exit == .success)
    #expect(shell.run("discard", "follower").exit == .success)
  }

  @Test func replays() throws {
    let shell = try Shell.withWorld()
    let path = try shell.file(
      "h.ndjson", #"{"at":"2018-01-01T00:00:00Z","twin":"a","set":{"temperature":3}}"#)
    #expect(shell.run("replay", path).output.contains("1 change "))
    #expect(shell.run("replay", path).errors.contains("Went on"))
    #expect(shell.run("replay", path, "--restart", "--clock", "observed").exit == .conflict)
    #expect(shell.run("replay", path, "--speed", "0").exit == .usage)
    #expect(shell.run("twin", "history", "a", "--property", "temperature").output.contains("2018-01-01"))
  }

  @Test func benchMeasuresAndCleansUp() throws {
    let shell = try Shell()
    let scratch = "\(shell.folder)/scratch"
    let answer = shell.run("bench", scratch, "--twins", "1000", "--json")
    #expect(answer.exit == .success)
    #expect(answer.output.split(separator: "\n").count == 6)
    #expect(throws: NuriError.self) { try PosixDisk().readFile("\(scratch)/nuri-format", limit: 100) }
    #expect(shell.run("bench", scratch, "--twins", "10").exit == .usage)
  }

  @Test func backsUpRestoresAndVerifies() throws {
    let shell = try Shell.withWorld()
    shell.run("fork", "plan")
    shell.run("twin", "set", "a", "temperature=5", "--world", "plan")
    let copy = "\(shell.folder)/copy"
    #expect(shell.run("backup", copy).exit == .success)
    #expect(shell.run("backup", copy).exit == .conflict)
    #expect(shell.run("verify", copy).exit == .success)
    #expect(shell.run("restore", copy).exit == .conflict)
    #expect(shell.run("restore", copy, "--data", "\(shell.folder)/again").exit == .success)
    let verified = shell.run("verify", "--data", "\(shell.folder)/again", "--json")
    #expect(
      verified.output.contains("\"worlds\":2") && verified.output.contains("\"faults\":[]"),
      "\(verified.output)")
    #expect(shell.run("restore", "\(shell.folder)/none", "--data", "\(shell.folder)/third").exit == .notFound)
  }

  @Test func damageIsFound() throws {
    let shell = try Shell.withWorld()
    let directory = "\(shell.data)/worlds/0"
    let segment = try #require(
      try PosixDisk().list(directory).first {
        !$0.isDirectory && $0.name.contains("seg") || $0.name.hasSuffix(".log")
      })
    let file = try PosixDisk().open("\(directory)/\(segment.name)", .write)
    var bytes: [UInt8] = [0xff, 0xff, 0xff, 0xff]
    try bytes.withUnsafeMutableBytes { raw in try file.write(UnsafeRawBufferPointer(raw), at: 700) }
    file.close()
    let answer = shell.run("verify")
    #expect(answer.exit == .damaged, "\(answer.output)\(answer.errors)")
  }

  @Test func aFolderInUseIsLeftAlone() throws {
    let shell = try Shell.withWorld()
    let engine = try Engine.open(shell.data)
    let answer = shell.run("worlds")
    #expect(answer.exit == .unavailable)
    #expect(answer.errors.contains("in use by process \(getpid())"))
    #expect(shell.run("worlds", "--lang", "ko").errors.contains("다른 프로세스"))
    try engine.close()
    #expect(shell.run("worlds").exit == .success)
  }

  @Test func foldersThatCannotBeWritten() throws {
    let shell = try Shell()
    for folder in ["/proc/nuri", "/dev/null/nuri"] {
      let answer = shell.run("init", "--data", folder)
      #expect(
        answer.exit != .success && answer.errors.contains("/\(folder.split(separator: "/")[0])"),
        "\(answer.errors)")
    }
    // Nothing is closed to the administrator.
    if geteuid() == 0 { return }
    let closed = try Shell.withWorld()
    chmod("\(closed.data)/worlds/0", 0o555)
    #expect(closed.run("twin", "set", "a", "floor=3").exit == .unavailable)
    chmod("\(closed.data)/worlds/0", 0o755)
  }

  @Test func errorsForMachines() throws {
    let shell = try Shell.withWorld()
    let error = try JSONDocument(shell.run("twin", "get", "zz", "--json").errors).root["error"]
    #expect(error?["code"]?.string == "twinNotFound")
    let usage = try JSONDocument(shell.run("twin", "gte", "--json").errors).root["error"]
    #expect(usage?["code"]?.string == "usage")
    #expect(usage?["advice"]?.string?.contains("twin get") == true)
  }

  @Test func serveSaysWhereAndEndsWhenTold() async throws {
    let shell = try Shell()
    // Serving waits for tasks, and must not wait on one of the few threads that tasks run on.
    let words = ["serve", "--listen", "127.0.0.1:0", "--tls", "--json"]
    let served = shell
    let answer = await withCheckedContinuation { continuation in
      Thread { continuation.resume(returning: served.run(words: words)) }.start()
    }
    #expect(answer.exit == .success, "\(answer.errors)")
    let ready = try JSONDocument(answer.output).root
    let address = ready["addresses"]?.elements.map { $0.string ?? "" }.first ?? ""
    #expect(address.hasPrefix("https://127.0.0.1:") && !address.hasSuffix(":0"), "\(address)")
    #expect(ready["authority"]?.string == "\(shell.data)/tls/ca.pem")
    #expect(ready["adminKey"]?.string?.hasPrefix("nuri_") == true)
    #expect(shell.run("serve", "--listen", "nowhere").exit == .invalid)
  }

  @Test func theSampleAndTheDemonstration() throws {
    let shell = try Shell()
    let from = "\(repository)/Samples/yeoksam"
    let made = shell.run("sample", "yeoksam", "--from", from, "--hours", "400", "--quiet")
    #expect(made.exit == .success, "\(made.errors)")
    #expect(shell.run("sample", "none").exit == .notFound)
    let demo = shell.run("demo", program: "\(repository)/.build/debug/nuri")
    #expect(demo.exit == .success, "\(demo.errors)")
    #expect(demo.output.contains("pm25      80    40"), "\(demo.output)")
    let korean = shell.run("demo", "--lang", "ko", "--keep")
    #expect(korean.output.contains("되감기"))
    #expect(shell.run("worlds").output.contains("demo-trees"))
    // The rest of the weeks still fits in, though not by the clock any more.
    #expect(shell.run("replay", "\(from)/hours.ndjson.zst", "--until", "2018-05-20").exit == .success)
  }
}
