/// What the argument parser says.
enum ArgumentText {
  static let noVerb = Text("No verb is given.", ko: "동사가 없습니다.")

  static func seeHelp(_ verb: String) -> Text {
    let command = verb.isEmpty ? "nuri help" : "nuri help \(verb)"
    return Text("Run `\(command)`.", ko: "`\(command)`를 실행해 보세요.")
  }

  static func didYouMean(_ word: String) -> Text {
    Text("Did you mean \"\(word)\"?", ko: "혹시 \"\(word)\"인가요?")
  }

  static func unknownVerb(_ verb: String) -> Text {
    Text("There is no verb \"\(verb)\".", ko: "\"\(verb)\"라는 동사는 없습니다.")
  }

  static func needsSecondWord(_ verb: String, _ words: [String]) -> Text {
    let list = words.joined(separator: ", ")
    return Text(
      "\"\(verb)\" takes a second word: \(list).", ko: "\"\(verb)\" 뒤에는 다음 가운데 하나가 와야 합니다: \(list).")
  }

  static func unknownOption(_ option: String, _ verb: String) -> Text {
    Text("`nuri \(verb)` has no option \(option).", ko: "`nuri \(verb)`에는 \(option) 옵션이 없습니다.")
  }

  static func twice(_ option: String) -> Text {
    Text("The option --\(option) is given twice.", ko: "--\(option) 옵션이 두 번 나옵니다.")
  }

  static func takesNoValue(_ option: String) -> Text {
    Text("The option --\(option) takes no value.", ko: "--\(option) 옵션은 값을 받지 않습니다.")
  }

  static func needsValue(_ option: String, _ placeholder: String) -> Text {
    Text(
      "The option --\(option) needs a value: --\(option) \(placeholder).",
      ko: "--\(option) 옵션에는 값이 필요합니다: --\(option) \(placeholder).")
  }

  static func notAChoice(_ option: String, _ value: String, _ choices: [String]) -> Text {
    let list = choices.joined(separator: ", ")
    return Text(
      "--\(option) is one of \(list), not \"\(value)\".",
      ko: "--\(option)은 \"\(value)\"가 아니라 \(list) 가운데 하나입니다.")
  }

  static func notANumber(_ option: String, _ value: String, _ range: ClosedRange<Int>) -> Text {
    Text(
      "--\(option) is a whole number from \(range.lowerBound) to \(range.upperBound), not \"\(value)\".",
      ko: "--\(option)은 \"\(value)\"가 아니라 \(range.lowerBound)부터 \(range.upperBound)까지의 정수입니다.")
  }

  static func missing(_ argument: String, _ usage: String) -> Text {
    Text("\(argument) is missing: \(usage)", ko: "\(argument)이(가) 빠졌습니다: \(usage)")
  }

  static func tooMany(_ word: String, _ usage: String) -> Text {
    Text("\"\(word)\" is one word too many: \(usage)", ko: "\"\(word)\"은(는) 필요 없는 말입니다: \(usage)")
  }
}
