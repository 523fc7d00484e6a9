import TwinValues

/// A console together with how to talk on it: language, colour, silence.
struct Terminal: Sendable {
  let console: Console
  let language: Language
  let isQuiet: Bool
  let allowsColour: Bool
  /// Whether errors are for machines, as one JSON object on standard error.
  let reportsJSON: Bool

  /// How results look.
  var style: Style { Style(isColoured: allowsColour && console.outputWidth != nil) }
  /// How errors look.
  var errorStyle: Style { Style(isColoured: allowsColour && console.errorWidth != nil) }

  /// Writes a line of results.
  func print(_ line: String = "") { console.write(Array(line.utf8) + [0x0a]) }

  /// Writes lines of results at once.
  func print(lines: [String]) {
    guard !lines.isEmpty else { return }
    console.write(Array((lines.joined(separator: "\n") + "\n").utf8))
  }

  /// Writes bytes of results as they are.
  func print(bytes: [UInt8]) { console.write(bytes) }

  /// Writes a table, fitted to the terminal.
  func print(_ table: TextTable) { print(lines: table.lines(width: console.outputWidth, style: style)) }

  /// Says something beside the results, on standard error.
  func note(_ text: Text) {
    if !isQuiet { console.writeError(Array((text[language] + "\n").utf8)) }
  }

  /// Says what went wrong.
  func report(_ error: NuriError) {
    if reportsJSON { return reportJSON(error.code.rawValue, error.message, error.place, error.advice) }
    let label = errorStyle.bad(Text("error:", ko: "오류:")[language])
    var lines = ["\(label) \(ErrorText.headline(error, language))"]
    if let place = error.place { lines.append("  " + Text("at: ", ko: "위치: ")[language] + place) }
    if let advice = error.advice { lines.append("  → " + advice) }
    console.writeError(Array((lines.joined(separator: "\n") + "\n").utf8))
  }

  func reportJSON(_ code: String, _ message: String, _ place: String?, _ advice: String?) {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("error")
    writer.beginObject()
    writer.member("code", code)
    writer.member("message", message)
    writer.member("place", place)
    writer.member("advice", advice)
    writer.endObject()
    writer.endObject()
    writer.newline()
    console.writeError(writer.bytes)
  }
}
