import TwinValues

/// The command line as a whole: give it the words, get the exit code.
public struct NuriCommandLine: Sendable {
  private let console: Console

  /// A command line that talks through a console.
  public init(console: Console) { self.console = console }

  /// Runs the words after the program's name. Returns the exit code documented in docs/cli.md.
  public func run(_ words: [String]) -> Int32 {
    let parser = ArgumentParser(verbs: VerbTable.all, global: VerbTable.global)
    let terminal = terminal(words)
    do {
      if try showsHelp(words, parser, terminal) { return ExitCode.success.rawValue }
      let command = try parser.parse(words)
      return try command.verb.run(Invocation(command: command, terminal: terminal)).rawValue
    } catch let error as CommandError {
      terminal.report(error)
      return error.exit.rawValue
    } catch let error as NuriError {
      terminal.report(error)
      return ExitCode(error.code).rawValue
    } catch {
      terminal.report(NuriError(.init("unexpected"), "\(error)"))
      return ExitCode.failed.rawValue
    }
  }

  /// How to talk, which must be known before the words are understood.
  private func terminal(_ words: [String]) -> Terminal {
    var language = Language(environment: console.environment)
    for (i, word) in words.enumerated() {
      if word == "--" { break }
      if word == "--lang", i + 1 < words.count, let wanted = Language(rawValue: words[i + 1]) {
        language = wanted
      }
      if word.hasPrefix("--lang="), let wanted = Language(rawValue: String(word.dropFirst(7))) {
        language = wanted
      }
    }
    let forbidsColour = console.environment["NO_COLOR"].map { !$0.isEmpty } ?? false
    return Terminal(
      console: console, language: language, isQuiet: words.contains("--quiet"),
      allowsColour: !forbidsColour && !words.contains("--no-color") && console.environment["TERM"] != "dumb",
      reportsJSON: words.contains("--json"))
  }

  /// Answers `nuri`, `nuri help …`, `nuri --version` and `--help` anywhere.
  private func showsHelp(_ words: [String], _ parser: ArgumentParser, _ terminal: Terminal) throws -> Bool {
    let help = Help(parser, terminal.language, terminal.style, width: console.outputWidth)
    if words.first == "--version" || words.first == "version" {
      terminal.print("nuri \(NuriVersion.text)")
      return true
    }
    let asked = words.prefix { $0 != "--" }.contains { $0 == "--help" || $0 == "-h" }
    let rest = words.filter { $0 != "--help" && $0 != "-h" }
    let start = parser.verbIndex(rest)
    var topic = Array(rest[start...])
    let isHelpVerb = topic.first == "help"
    if isHelpVerb { topic.removeFirst() }
    topic = Array(topic.prefix { !$0.hasPrefix("-") })
    guard asked || isHelpVerb || words.isEmpty || topic.count == 1 && rest.count == start + 1 else {
      return false
    }
    guard let first = topic.first else {
      guard asked || isHelpVerb || words.isEmpty else { return false }
      terminal.print(lines: help.overview())
      return true
    }
    let isGroup = parser.verbs.contains { $0.path.count == 2 && $0.path[0] == first }
    if let verb = parser.verbs.first(where: { $0.path == Array(topic.prefix($0.path.count)) }) {
      guard asked || isHelpVerb else { return false }
      terminal.print(lines: help.verb(verb))
    } else if isGroup, topic.count == 1 {
      terminal.print(lines: help.group(first))
    } else {
      _ = try parser.parse(topic)
    }
    return true
  }
}

/// What this program calls itself.
enum NuriVersion {
  static let text = "0.1.0"
}

extension Terminal {
  /// Says what went wrong on this floor.
  func report(_ error: CommandError) {
    if reportsJSON {
      return reportJSON(error.exit.name, error.message[language], nil, error.advice?[language])
    }
    let label = errorStyle.bad(Text("error:", ko: "오류:")[language])
    var text = "\(label) \(error.message[language])\n"
    if let advice = error.advice { text += "  → \(advice[language])\n" }
    console.writeError(Array(text.utf8))
  }
}
