/// What the words after `nuri` say.
struct ParsedCommand: Sendable {
  let verb: VerbSpec
  /// Values of each option given; an empty string for a flag.
  let options: [String: [String]]
  let arguments: [String]
}

/// Sorts words into a verb, options and arguments by a table of verbs.
struct ArgumentParser: Sendable {
  let verbs: [VerbSpec]
  /// Options every verb takes.
  let global: [OptionSpec]

  /// - Throws: a usage error, with a suggestion where a word is nearly right.
  func parse(_ words: [String]) throws(CommandError) -> ParsedCommand {
    let (verb, rest) = try findVerb(words)
    var options: [String: [String]] = [:]
    var arguments: [String] = []
    var onlyArguments = false
    var i = 0
    while i < rest.count {
      let word = rest[i]
      i += 1
      if onlyArguments || !isOption(word) {
        arguments.append(word)
      } else if word == "--" {
        onlyArguments = true
      } else {
        let (option, inline) = try findOption(word, verb)
        guard options[option.name] == nil || option.repeats else {
          throw .usage(ArgumentText.twice(option.name), advice: ArgumentText.seeHelp(verb.name))
        }
        options[option.name, default: []].append(try value(of: option, inline, rest, &i, verb))
      }
    }
    try checkCount(arguments, verb)
    return ParsedCommand(verb: verb, options: options, arguments: arguments)
  }

  /// The verb that words start with, and the other words; global options may stand before it.
  private func findVerb(_ words: [String]) throws(CommandError) -> (VerbSpec, [String]) {
    let i = verbIndex(words)
    guard i < words.count else {
      throw .usage(ArgumentText.noVerb, advice: ArgumentText.seeHelp(""))
    }
    let before = words[..<i]
    let first = words[i]
    if let verb = verbs.first(where: { $0.path == [first] }) {
      return (verb, Array(before) + words[(i + 1)...])
    }
    let group = verbs.filter { $0.path.first == first }
    guard !group.isEmpty else {
      throw .usage(
        ArgumentText.unknownVerb(first),
        advice: Suggestion.nearest(to: first, among: verbs.map { $0.path[0] }).map(ArgumentText.didYouMean)
          ?? ArgumentText.seeHelp(""))
    }
    let names = group.map { $0.path[1] }
    guard i + 1 < words.count, !isOption(words[i + 1]) else {
      throw .usage(ArgumentText.needsSecondWord(first, names), advice: ArgumentText.seeHelp(first))
    }
    let second = words[i + 1]
    guard let verb = group.first(where: { $0.path[1] == second }) else {
      throw .usage(
        ArgumentText.unknownVerb("\(first) \(second)"),
        advice: Suggestion.nearest(to: second, among: names).map { ArgumentText.didYouMean("\(first) \($0)") }
          ?? ArgumentText.needsSecondWord(first, names))
    }
    return (verb, Array(before) + words[(i + 2)...])
  }

  /// Where the verb stands: after the global options that may come first.
  func verbIndex(_ words: [String]) -> Int {
    var i = 0
    while i < words.count, isOption(words[i]), words[i] != "--" {
      let name = words[i].drop { $0 == "-" }
      if let option = global.first(where: { $0.name == name }), option.value != nil { i += 1 }
      i += 1
    }
    return min(i, words.count)
  }

  /// `-5` is a number, `-` is standard input; both are arguments.
  private func isOption(_ word: String) -> Bool {
    guard word.hasPrefix("-"), word != "-" else { return false }
    return !(word.dropFirst().first?.isNumber ?? false)
  }

  private func findOption(_ word: String, _ verb: VerbSpec) throws(CommandError) -> (OptionSpec, String?) {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0].drop { $0 == "-" })
    let known = verb.options + global
    guard word.hasPrefix("--"), let option = known.first(where: { $0.name == name }) else {
      throw .usage(
        ArgumentText.unknownOption(String(parts[0]), verb.name),
        advice: Suggestion.nearest(to: name, among: known.map(\.name)).map {
          ArgumentText.didYouMean("--\($0)")
        }
          ?? ArgumentText.seeHelp(verb.name))
    }
    return (option, parts.count > 1 ? String(parts[1]) : nil)
  }

  private func value(
    of option: OptionSpec, _ inline: String?, _ words: [String], _ i: inout Int, _ verb: VerbSpec
  ) throws(CommandError) -> String {
    guard let placeholder = option.value else {
      guard inline == nil else {
        throw .usage(ArgumentText.takesNoValue(option.name), advice: ArgumentText.seeHelp(verb.name))
      }
      return ""
    }
    var value = inline
    if value == nil, i < words.count, words[i] == "-" || !words[i].hasPrefix("--") {
      value = words[i]
      i += 1
    }
    guard let value else {
      throw .usage(ArgumentText.needsValue(option.name, placeholder), advice: ArgumentText.seeHelp(verb.name))
    }
    guard option.choices.isEmpty || option.choices.contains(value) else {
      throw .usage(
        ArgumentText.notAChoice(option.name, value, option.choices),
        advice: Suggestion.nearest(to: value, among: option.choices).map(ArgumentText.didYouMean))
    }
    return value
  }

  private func checkCount(_ arguments: [String], _ verb: VerbSpec) throws(CommandError) {
    let least = verb.arguments.count { $0.count == .one || $0.count == .oneOrMore }
    guard arguments.count >= least else {
      throw .usage(
        ArgumentText.missing(verb.arguments[arguments.count].name, verb.usage),
        advice: ArgumentText.seeHelp(verb.name))
    }
    let isOpen = verb.arguments.contains { $0.count == .oneOrMore || $0.count == .any }
    guard isOpen || arguments.count <= verb.arguments.count else {
      throw .usage(
        ArgumentText.tooMany(arguments[verb.arguments.count], verb.usage),
        advice: ArgumentText.seeHelp(verb.name))
    }
  }
}
