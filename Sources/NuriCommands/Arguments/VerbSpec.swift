/// An option of a verb: `--name` or `--name VALUE`.
struct OptionSpec: Sendable {
  let name: String
  /// What stands for the value in help; `nil` for a flag.
  let value: String?
  /// The only values allowed; empty for any.
  let choices: [String]
  /// Whether it may be given more than once.
  let repeats: Bool
  let help: Text

  static func flag(_ name: String, _ help: Text) -> OptionSpec {
    OptionSpec(name: name, value: nil, choices: [], repeats: false, help: help)
  }

  static func value(_ name: String, _ value: String, _ help: Text, repeats: Bool = false) -> OptionSpec {
    OptionSpec(name: name, value: value, choices: [], repeats: repeats, help: help)
  }

  static func choice(_ name: String, _ choices: [String], _ help: Text) -> OptionSpec {
    OptionSpec(
      name: name, value: choices.joined(separator: "|"), choices: choices, repeats: false, help: help)
  }
}

/// A positional argument of a verb.
struct ArgumentSpec: Sendable {
  /// How many there may be.
  enum Count: Sendable {
    case one
    case optional
    case oneOrMore
    case any
  }

  let name: String
  let count: Count
  let help: Text

  init(_ name: String, _ help: Text, count: Count = .one) {
    self.name = name
    self.count = count
    self.help = help
  }

  /// `FILE`, `[FILE]`, `FILE...`, `[FILE...]`.
  var usage: String {
    switch count {
    case .one: name
    case .optional: "[\(name)]"
    case .oneOrMore: "\(name)..."
    case .any: "[\(name)...]"
    }
  }
}

/// A line to copy, and what it does.
struct Example: Sendable {
  let command: String
  let explains: Text

  init(_ command: String, _ explains: Text) {
    self.command = command
    self.explains = explains
  }
}

/// One verb: everything that parsing, help and completion need, and what runs it.
struct VerbSpec: Sendable {
  /// One or two words: `["model", "add"]`.
  let path: [String]
  let summary: Text
  var details: Text?
  var arguments: [ArgumentSpec] = []
  var options: [OptionSpec] = []
  let examples: [Example]
  let run: @Sendable (Invocation) throws -> ExitCode

  var name: String { path.joined(separator: " ") }

  /// `nuri model add FILE... [options]`
  var usage: String {
    (["nuri"] + path + arguments.map(\.usage) + ["[options]"]).joined(separator: " ")
  }
}
