import TwinEngine
import TwinExchange
import TwinGraph
import TwinLog
import TwinValues

extension Invocation {
  /// The data folder asked for.
  var dataFolder: String { value("data") ?? terminal.console.environment["NURI_DATA"] ?? "./nuri-data" }

  /// Opens the data folder, runs `body`, and closes it whatever happens.
  func withEngine<R>(_ body: (Engine) throws -> R) throws -> R {
    try run(try Engine.open(dataFolder), body)
  }

  /// The same, making the data folder when there is none.
  func withEngineMade<R>(_ body: (Engine) throws -> R) throws -> R {
    try run(try openOrMake(), body)
  }

  private func openOrMake() throws -> Engine {
    do {
      return try Engine.open(dataFolder)
    } catch {
      guard error.code == .noDataFolder else { throw error }
      return try Engine.create(at: dataFolder)
    }
  }

  private func run<R>(_ engine: Engine, _ body: (Engine) throws -> R) throws -> R {
    noteRecovery(engine)
    let result = Result { try body(engine) }
    do {
      try engine.close()
    } catch {
      // What went wrong first is what the user should hear of.
      _ = try result.get()
      throw error
    }
    return try result.get()
  }

  /// Says what opening had to put right.
  private func noteRecovery(_ engine: Engine) {
    if let tail = engine.opening.recovery.tornTail {
      terminal.note(
        Text(
          "The last run was cut off; \(tail.bytes) bytes that were never acknowledged were dropped.",
          ko: "지난 실행이 중간에 끊겼습니다. 확정되지 않은 \(tail.bytes)바이트를 버렸습니다."))
    }
    for damage in engine.opening.damaged {
      terminal.note(
        Text(
          "The checkpoint \(damage.path) is damaged and was passed over: \(damage.error.message)",
          ko: "체크포인트 \(damage.path)가 손상되어 건너뛰었습니다: \(damage.error.message)"))
    }
  }

  /// Opens the world of `--world`.
  func world(_ engine: Engine) throws -> World { try engine.world(value("world") ?? Engine.live) }

  /// The world of `--world` as `--as-of` says.
  func snapshot(_ engine: Engine) throws -> Snapshot { try world(engine).snapshot(at: try asOf()) }

  /// What `--as-of` says.
  func asOf() throws -> AsOf { try value("as-of").map(Self.point) ?? .now }

  /// `#1234`, `now`, or an instant.
  static func point(_ text: String) throws -> AsOf {
    if text == "now" { return .now }
    guard text.hasPrefix("#") else { return .instant(try Instant(text)) }
    guard let sequence = UInt64(text.dropFirst()) else {
      throw CommandError.usage(Text("\"\(text)\" names no change.", ko: "\"\(text)\"는 변경 번호가 아닙니다."))
    }
    return .sequence(sequence)
  }

  /// Who makes a change from here, and why.
  func cause(_ fallback: String = "") -> Cause {
    let user = terminal.console.environment["USER"] ?? ""
    return Cause(actor: user.isEmpty ? "cli" : "cli:\(user)", reason: value("reason") ?? fallback)
  }

  /// The instant of an option.
  func instant(_ option: String) throws -> Instant? {
    try value(option).map { text throws in try Instant(text) }
  }

  /// Reads a file of the user's, or standard input for `-`.
  func read(_ path: String, limit: Int = 64 << 20) throws -> [UInt8] {
    if path == "-" { return terminal.console.readInput() }
    do {
      return try PosixDisk().readFile(path, limit: limit)
    } catch {
      guard error.code == .fileMissing else { throw error }
      throw NuriError(.fileNotFound, "There is no file \(path).")
    }
  }

  /// Writes one JSON document as a line of results.
  func printJSON(_ body: (inout JSONWriter) -> Void) {
    var writer = JSONWriter()
    body(&writer)
    writer.newline()
    terminal.print(bytes: writer.bytes)
  }

  /// Says that something was done: JSON for machines, a sentence for people.
  func done(_ text: Text, _ json: (inout JSONWriter) -> Void) {
    if isJSON {
      printJSON { writer in
        writer.beginObject()
        json(&writer)
        writer.endObject()
      }
    } else if !terminal.isQuiet {
      terminal.print(text[terminal.language])
    }
  }
}
