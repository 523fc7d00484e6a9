/// Help, derived from the table of verbs.
struct Help: Sendable {
  let parser: ArgumentParser
  let language: Language
  let style: Style
  let width: Int

  init(_ parser: ArgumentParser, _ language: Language, _ style: Style, width: Int?) {
    self.parser = parser
    self.language = language
    self.style = style
    self.width = min(max(width ?? 100, 40), 110)
  }

  /// The list of verbs.
  func overview() -> [String] {
    var lines = DisplayWidth.wrap(HelpText.about[language], to: width)
    lines += ["", heading(HelpText.usage), "  nuri VERB [options]", "", heading(HelpText.verbs)]
    lines += pairs(parser.verbs.map { ($0.name, $0.summary[language]) })
    lines += ["", heading(HelpText.globalOptions)] + optionLines(parser.global)
    lines += ["", HelpText.more[language]]
    return lines
  }

  /// The verbs that share a first word.
  func group(_ first: String) -> [String] {
    let verbs = parser.verbs.filter { $0.path.first == first }
    var lines = [
      heading(HelpText.usage), "  nuri \(first) \(verbs.map { $0.path[1] }.joined(separator: "|"))",
    ]
    lines += ["", heading(HelpText.verbs)] + pairs(verbs.map { ($0.name, $0.summary[language]) })
    return lines + ["", HelpText.more[language]]
  }

  /// Everything about one verb.
  func verb(_ verb: VerbSpec) -> [String] {
    var lines = DisplayWidth.wrap(verb.summary[language], to: width)
    if let details = verb.details { lines += [""] + DisplayWidth.wrap(details[language], to: width) }
    lines += ["", heading(HelpText.usage), "  " + verb.usage]
    if !verb.arguments.isEmpty {
      lines += ["", heading(HelpText.arguments)]
      lines += pairs(verb.arguments.map { ($0.name, $0.help[language]) })
    }
    if !verb.options.isEmpty { lines += ["", heading(HelpText.options)] + optionLines(verb.options) }
    lines += ["", heading(HelpText.globalOptions)] + optionLines(parser.global)
    lines += ["", heading(HelpText.examples)]
    for example in verb.examples {
      lines += ["  " + style.faint("# " + example.explains[language]), "  " + example.command]
    }
    return lines
  }

  private func heading(_ text: Text) -> String { style.strong(text[language]) }

  private func optionLines(_ options: [OptionSpec]) -> [String] {
    pairs(
      options.map { option in
        let name = "--\(option.name)" + (option.value.map { " \($0)" } ?? "")
        return (name, option.help[language] + (option.repeats ? " " + HelpText.repeats[language] : ""))
      })
  }

  /// Two columns, the second wrapped.
  private func pairs(_ pairs: [(String, String)]) -> [String] {
    let left = min(30, pairs.map { DisplayWidth.of($0.0) }.max() ?? 0)
    let indent = String(repeating: " ", count: left + 4)
    return pairs.flatMap { name, text in
      var lines = DisplayWidth.wrap(text, to: max(20, width - left - 4)).enumerated().map { i, line in
        i == 0 ? "  " + DisplayWidth.pad(name, to: left) + "  " + line : indent + line
      }
      if DisplayWidth.of(name) > left, let first = lines.first {
        lines[0] = "  " + name
        lines.insert(indent + first.dropFirst(name.count + 4), at: 1)
      }
      return lines
    }
  }
}

enum HelpText {
  static let about = Text(
    "Nuri is a live model of the real world that you can rewind, fork and run.",
    ko: "Nuri는 되감고, 갈라 보고, 돌려 볼 수 있는 살아 있는 현실 세계 모델입니다.")
  static let usage = Text("Usage", ko: "사용법")
  static let verbs = Text("Verbs", ko: "동사")
  static let arguments = Text("Arguments", ko: "인자")
  static let options = Text("Options", ko: "옵션")
  static let globalOptions = Text("Options of every verb", ko: "모든 동사의 옵션")
  static let examples = Text("Examples", ko: "예")
  static let repeats = Text("(may repeat)", ko: "(여러 번 쓸 수 있음)")
  static let more = Text(
    "`nuri help VERB` tells all about a verb.", ko: "`nuri help 동사`로 각 동사를 자세히 볼 수 있습니다.")
}
