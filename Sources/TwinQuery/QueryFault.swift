import TwinValues

/// What was wrong with a query text, and where.
struct QueryFault: Error {
  /// A sentence without its full stop.
  var message: String
  /// Index of the scalar.
  var offset: Int
  var advice: String?

  init(_ message: String, at offset: Int, advice: String? = nil) {
    self.message = message
    self.offset = offset
    self.advice = advice
  }

  /// The fault as people see it: the sentence, then the line with a caret under the character.
  func error(in text: [Unicode.Scalar]) -> NuriError {
    let at = min(offset, text.count)
    var line = 1
    var start = 0
    for i in 0..<at where text[i] == "\n" {
      line += 1
      start = i + 1
    }
    let end = text[at...].firstIndex(of: "\n") ?? text.count
    let from = max(start, at - Self.excerptBefore)
    let to = min(end, from + Self.excerptWidth)
    var excerpt = "\n  " + (from > start ? "…" : "")
    var caret = "\n  " + (from > start ? " " : "")
    for i in from..<max(from, to) {
      let scalar: Unicode.Scalar = text[i].value < 0x20 ? " " : text[i]
      excerpt.unicodeScalars.append(scalar)
      if i < at { caret += isWide(scalar) ? "  " : " " }
    }
    if to < end { excerpt += "…" }
    return NuriError(
      .invalidQuery, message + (message.hasSuffix("?") ? "" : ".") + excerpt + caret + "^",
      at: "line \(line), column \(at - start + 1)",
      advice: advice)
  }

  private static let excerptBefore = 60
  private static let excerptWidth = 100

  /// Whether a terminal gives the character two columns (CJK and Hangul).
  private func isWide(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x1100...0x115f, 0x2e80...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f,
      0xff00...0xff60, 0x20000...0x3fffd:
      true
    default: false
    }
  }
}

/// The word of `candidates` that a mistyped word was probably meant to be.
func nearest(_ word: String, _ candidates: [String]) -> String? {
  let typed = Array(word.uppercased().unicodeScalars.prefix(32))
  var best: (word: String, distance: Int)?
  for candidate in candidates {
    let distance = editDistance(typed, Array(candidate.uppercased().unicodeScalars))
    let allowed = candidate.unicodeScalars.count <= 3 ? 1 : 2
    if distance <= allowed, distance < typed.count, distance < best?.distance ?? .max {
      best = (candidate, distance)
    }
  }
  return best?.word
}

/// Insertions, deletions, replacements and swaps of neighbours between two words (optimal string alignment).
private func editDistance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
  if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
  var before = [Int](repeating: 0, count: b.count + 1)
  var previous = Array(0...b.count)
  for i in 1...a.count {
    var row = [i]
    for j in 1...b.count {
      var cost = min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
      if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { cost = min(cost, before[j - 2] + 1) }
      row.append(cost)
    }
    before = previous
    previous = row
  }
  return previous[b.count]
}
