import TwinExchange
import TwinValues

/// Shows how a file gets on: a line that is drawn over again on a terminal, a plain line now and then elsewhere.
/// Used from one thread.
final class ProgressLine {
  private let terminal: Terminal
  private let label: String
  private let start: Int64
  private var last: Int64
  private var isDrawn = false

  private static let redraw: Int64 = 100_000
  private static let plainLine: Int64 = 5_000_000

  init(_ terminal: Terminal, _ label: String) {
    self.terminal = terminal
    self.label = label
    start = terminal.console.uptime()
    last = start
  }

  func update(_ progress: ExchangeProgress, detail: String = "") {
    guard !terminal.isQuiet else { return }
    let now = terminal.console.uptime()
    let isTerminal = terminal.console.errorWidth != nil
    guard now - last >= (isTerminal ? Self.redraw : Self.plainLine) else { return }
    last = now
    let text = line(progress, detail, elapsed: Double(now - start) / 1e6)
    if let width = terminal.console.errorWidth {
      let fitted = DisplayWidth.pad(DisplayWidth.truncate(text, to: width - 1), to: width - 1)
      terminal.console.writeError(Array("\r\(fitted)".utf8))
      isDrawn = true
    } else {
      terminal.console.writeError(Array((text + "\n").utf8))
    }
  }

  /// Takes the line away.
  func finish() {
    guard isDrawn, let width = terminal.console.errorWidth else { return }
    terminal.console.writeError(Array("\r\(String(repeating: " ", count: width - 1))\r".utf8))
    isDrawn = false
  }

  /// Seconds since the start.
  var elapsed: Double { Double(terminal.console.uptime() - start) / 1e6 }

  private func line(_ progress: ExchangeProgress, _ detail: String, elapsed: Double) -> String {
    let rate = elapsed > 0 ? Double(progress.records) / elapsed : 0
    let count = Quantity.count(progress.records)
    var text = "\(label)  "
    if progress.totalBytes > 0, progress.bytes > 0 {
      let share = min(1, Double(progress.bytes) / Double(progress.totalBytes))
      let left = elapsed / share - elapsed
      let filled = Int(share * 20)
      text += "[\(String(repeating: "█", count: filled))\(String(repeating: "░", count: 20 - filled))] "
      text += "\(Int(share * 100))%  \(count)  \(Quantity.count(Int(rate)))/s"
      text +=
        "  " + Text("\(Quantity.seconds(left)) left", ko: "\(Quantity.seconds(left)) 남음")[terminal.language]
    } else {
      text += "\(count)  \(Quantity.count(Int(rate)))/s"
    }
    return detail.isEmpty ? text : "\(text)  \(detail)"
  }
}

/// Numbers for people.
enum Quantity {
  /// `1,234,567`
  static func count(_ number: Int) -> String {
    let digits = Array(String(abs(number)))
    var text = number < 0 ? "-" : ""
    for (i, digit) in digits.enumerated() {
      if i > 0, (digits.count - i) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return text
  }

  static func count(_ number: UInt64) -> String { count(Int(clamping: number)) }

  /// `1 twin`, `2 twins`, in English.
  static func english(_ number: Int, _ noun: String) -> String {
    "\(count(number)) \(noun)\(number == 1 ? "" : "s")"
  }

  /// `7.3 s`, `2 min 5 s`, `3 h 12 min`
  static func seconds(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "?" }
    if seconds < 60 { return "\((seconds * 10).rounded() / 10) s" }
    let whole = Int(seconds)
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole % 3600 / 60) min"
  }

  /// `12.5 MB`
  static func bytes(_ bytes: Int64) -> String {
    let units = ["B", "kB", "MB", "GB", "TB"]
    var value = Double(bytes)
    var unit = 0
    while value >= 1000, unit < units.count - 1 {
      value /= 1000
      unit += 1
    }
    return unit == 0 ? "\(bytes) B" : "\((value * 10).rounded() / 10) \(units[unit])"
  }
}
