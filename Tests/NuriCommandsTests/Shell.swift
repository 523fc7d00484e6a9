import Glibc
import Synchronization
import TwinLog
import TwinValues

@testable import NuriCommands

/// A temporary folder and a command line whose output is captured. The data folder is `data` inside it.
final class Shell: Sendable {
  struct Answer {
    let exit: ExitCode
    let output: String
    let errors: String
    /// The lines of the output.
    var lines: [Substring] { output.split(separator: "\n") }
  }

  let folder: String
  var data: String { "\(folder)/data" }

  init() throws {
    var template = Array("/tmp/nuri-commands-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { throw NuriError(.init("test"), "No temporary folder.") }
    folder = String(cString: made)
  }

  deinit { try? PosixDisk().removeTree(folder) }

  /// Runs words on the data folder.
  @discardableResult
  func run(
    _ words: String..., input: String = "", width: Int? = nil, environment: [String: String] = [:],
    program: String? = nil
  ) -> Answer {
    run(words: words, input: input, width: width, environment: environment, program: program)
  }

  func run(
    words: [String], input: String = "", width: Int? = nil, environment: [String: String] = [:],
    program: String? = nil
  ) -> Answer {
    let output = Mutex<[UInt8]>([])
    let errors = Mutex<[UInt8]>([])
    let time = Mutex<Int64>(0)
    var variables = environment
    variables["NURI_DATA"] = environment["NURI_DATA"] ?? data
    variables["USER"] = "tester"
    let console = Console(
      write: { bytes in output.withLock { $0 += bytes } },
      writeError: { bytes in errors.withLock { $0 += bytes } }, readInput: { Array(input.utf8) },
      outputWidth: width, errorWidth: width, environment: variables, programPath: program,
      uptime: {
        time.withLock {
          $0 += 1_000_000
          return $0
        }
      }, sleep: { _ in })
    let code = NuriCommandLine(console: console).run(words)
    return Answer(
      exit: ExitCode(rawValue: code) ?? .failed,
      output: String(decoding: output.withLock { $0 }, as: UTF8.self),
      errors: String(decoding: errors.withLock { $0 }, as: UTF8.self))
  }

  /// Writes a file in the folder and returns its path.
  func file(_ name: String, _ text: String) throws -> String {
    let path = "\(folder)/\(name)"
    guard let file = fopen(path, "wb") else { throw NuriError(.init("test"), "Can't write \(path).") }
    defer { fclose(file) }
    let bytes = Array(text.utf8)
    guard fwrite(bytes, 1, bytes.count, file) == bytes.count else {
      throw NuriError(.init("test"), "Can't write \(path).")
    }
    return path
  }

  func text(_ name: String) throws -> String {
    String(decoding: try PosixDisk().readFile("\(folder)/\(name)"), as: UTF8.self)
  }
}

/// Where the repository lies.
let repository = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }

/// A small world.
enum Fixture {
  static func room(_ version: Int, _ properties: String) -> String {
    #"{"@context":"dtmi:dtdl:context;3","@id":"dtmi:t:Room;\#(version)","@type":"Interface","displayName":{"en":"Room","ko":"방"},"contents":[\#(properties)]}"#
  }
  static let name = #"{"@type":"Property","name":"name","schema":"string"}"#
  static let temperature = #"{"@type":"Property","name":"temperature","schema":"double"}"#
  static let floor = #"{"@type":"Property","name":"floor","schema":"integer"}"#
  static let place = #"{"@type":"Property","name":"place","schema":"point"}"#
  static let leadsTo =
    #"{"@type":"Relationship","name":"leadsTo","properties":[{"@type":"Property","name":"width","schema":"double"}]}"#
  static let model = room(1, [name, temperature, floor, place, leadsTo].joined(separator: ","))

  static let world = """
    {"Section":"Header"}
    {"fileVersion":"1.0.0"}
    {"Section":"Models"}
    \(model)
    {"Section":"Twins"}
    {"$dtId":"a","$metadata":{"$model":"dtmi:t:Room;1"},"name":"가","temperature":20.5,"floor":1,"place":{"type":"Point","coordinates":[127,37.5]}}
    {"$dtId":"b","$metadata":{"$model":"dtmi:t:Room;1"},"name":"나","temperature":18,"floor":2}
    {"Section":"Relationships"}
    {"$sourceId":"a","$relationshipId":"door","$targetId":"b","$relationshipName":"leadsTo","width":0.9}
    """
}

extension Shell {
  /// A shell whose data folder holds the small world.
  static func withWorld() throws -> Shell {
    let shell = try Shell()
    shell.run("init")
    shell.run("import", try shell.file("world.ndjson", Fixture.world))
    return shell
  }
}
