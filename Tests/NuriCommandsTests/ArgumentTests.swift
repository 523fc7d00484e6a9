import Testing
import TwinLog

@testable import NuriCommands

@Suite struct ArgumentTests {
  private let parser = ArgumentParser(verbs: VerbTable.all, global: VerbTable.global)

  @Test func sortsWords() throws {
    let command = try parser.parse([
      "--data", "d", "twin", "set", "x", "t=-5", "--json", "--world=w", "--", "--odd=1",
    ])
    #expect(command.verb.name == "twin set")
    #expect(command.arguments == ["x", "t=-5", "--odd=1"])
    #expect(command.options == ["data": ["d"], "json": [""], "world": ["w"]])
  }

  @Test func numbersAndADashAreArguments() throws {
    #expect(try parser.parse(["query", "-"]).arguments == ["-"])
    #expect(try parser.parse(["twin", "history", "x", "--limit", "-5"]).options["limit"] == ["-5"])
  }

  @Test(arguments: [
    (["imprt", "x"], "imprt", "import"), (["twin", "gte"], "twin gte", "twin get"),
    (["query", "x", "--asof", "y"], "--asof", "--as-of"), (["twin"], "second word", "nuri help twin"),
    (["import"], "FILE is missing", "nuri help import"),
    (["worlds", "x"], "one word too many", "nuri help worlds"),
    (["query", "--limit"], "needs a value", "nuri help query"),
    (["query", "x", "--json=1"], "takes no value", "nuri help query"),
    (["query", "x", "--limit", "1", "--limit", "2"], "given twice", "nuri help query"),
    (["replay", "x", "--clock", "observd"], "is one of", "observed"), ([], "No verb", "nuri help"),
    (["zzzzzz"], "zzzzzz", "nuri help"),
  ])
  func mistakesGetAdvice(_ words: [String], _ message: String, _ advice: String) {
    let error = #expect(throws: CommandError.self) { try parser.parse(words) }
    #expect(error?.exit == .usage)
    #expect(error?.message.english.contains(message) == true, "\(error?.message.english ?? "")")
    #expect(error?.advice?.english.contains(advice) == true, "\(error?.advice?.english ?? "")")
    #expect(error?.message.korean != error?.message.english)
  }

  @Test func distances() {
    #expect(Suggestion.distance("kitten", "sitting") == 3)
    #expect(Suggestion.distance("gte", "get") == 1)
    #expect(Suggestion.distance("", "ab") == 2)
    #expect(Suggestion.nearest(to: "hist", among: ["get", "history"]) == "history")
    #expect(Suggestion.nearest(to: "xyz", among: ["get", "history"]) == nil)
  }

  /// Every verb and option has help and an example in both languages, and every example parses.
  @Test(arguments: VerbTable.all.indices)
  func everyVerbIsTold(_ index: Int) throws {
    let verb = VerbTable.all[index]
    for language in Language.allCases {
      let help = Help(parser, language, .plain, width: 80)
      let text = help.verb(verb).joined(separator: "\n")
      #expect(text.contains(verb.usage))
      for option in verb.options { #expect(text.contains("--\(option.name)")) }
      for line in help.verb(verb) where !line.contains("nuri ") && !line.contains("# ") {
        #expect(DisplayWidth.of(line) <= 80, "\(line)")
      }
    }
    #expect(!verb.examples.isEmpty)
    #expect(verb.summary.korean.unicodeScalars.contains { (0xac00...0xd7a3).contains($0.value) })
    for example in verb.examples {
      let line = example.command.split { "<>".contains($0) }[0]
      guard line.hasPrefix("nuri ") else { continue }
      #expect(try parser.parse(Self.words(String(line))).verb.name == verb.name || verb.name == "serve")
    }
  }

  @Test func helpAnswersEverywhere() throws {
    let shell = try Shell()
    for language in Language.allCases {
      let overview = shell.run("help", "--lang", language.rawValue)
      #expect(overview.exit == .success)
      for verb in VerbTable.all { #expect(overview.output.contains(verb.summary[language])) }
    }
    #expect(shell.run(words: []).output == shell.run("--help").output)
    #expect(shell.run("twin", "get", "--help").output == shell.run("help", "twin", "get").output)
    #expect(shell.run("twin", "--help").output.contains("twin history"))
    #expect(shell.run("twin").exit == .success)
    #expect(shell.run("help", "imprt").exit == .usage)
    #expect(shell.run("help", environment: ["LANG": "ko_KR.UTF-8"]).output.contains("사용법"))
    #expect(shell.run("help", environment: ["LC_ALL": "C", "LANG": "ko_KR.UTF-8"]).output.contains("Usage"))
    #expect(shell.run("--version").output.hasPrefix("nuri "))
  }

  @Test func completionNamesEveryVerb() throws {
    let shell = try Shell()
    let script = shell.run("completion", "bash").output
    for verb in VerbTable.all { #expect(script.contains("\"\(verb.name)\")")) }
    #expect(shell.run("completion", "zsh").output.contains("bashcompinit"))
    #expect(shell.run("completion", "fish").exit == .usage)
  }

  /// Splits a line as a shell does, as far as examples need it.
  private static func words(_ line: String) -> [String] {
    var words: [String] = []
    var word = ""
    var isQuoted = false
    for character in line {
      if character == "\"" {
        isQuoted.toggle()
      } else if character == " ", !isQuoted {
        if !word.isEmpty { words.append(word) }
        word = ""
      } else {
        word.append(character)
      }
    }
    if !word.isEmpty { words.append(word) }
    return Array(words.dropFirst())
  }
}

@Suite struct DocumentationTests {
  @Test func everyVerbAndExitCodeIsInTheDocumentation() throws {
    let text = String(decoding: try PosixDisk().readFile("\(repository)/docs/cli.md"), as: UTF8.self)
    for verb in VerbTable.all { #expect(text.contains("### nuri \(verb.name)\n"), "\(verb.name)") }
    for option in VerbTable.global { #expect(text.contains("`--\(option.name)"), "\(option.name)") }
    for code in 0...7 { #expect(text.contains("| \(code) |")) }
  }
}
