/// A verb being run: what it was given and where it writes.
struct Invocation: Sendable {
  let command: ParsedCommand
  let terminal: Terminal

  /// Whether an option was given.
  func has(_ option: String) -> Bool { command.options[option] != nil }

  /// The value of an option.
  func value(_ option: String) -> String? { command.options[option]?.last }

  /// All values of an option that repeats.
  func values(_ option: String) -> [String] { command.options[option] ?? [] }

  /// A positional argument that the parser has made sure of, or that is optional.
  func argument(_ index: Int) -> String? {
    index < command.arguments.count ? command.arguments[index] : nil
  }

  /// A positional argument that must be there.
  func required(_ index: Int) throws(CommandError) -> String {
    guard let argument = argument(index) else {
      throw .usage(ArgumentText.missing("#\(index + 1)", command.verb.usage))
    }
    return argument
  }

  /// A whole number option within bounds.
  func number(_ option: String, default standard: Int, in range: ClosedRange<Int>) throws(CommandError) -> Int
  {
    guard let text = value(option) else { return standard }
    guard let number = Int(text), range.contains(number) else {
      throw .usage(ArgumentText.notANumber(option, text, range))
    }
    return number
  }

  /// Whether answers are for machines.
  var isJSON: Bool { has("json") }
}
