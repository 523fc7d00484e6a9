/// What a misspelt word was probably meant to be.
enum Suggestion {
  /// The candidate most like a word, when it is within about a third of the word's length.
  static func nearest(to word: String, among candidates: [String]) -> String? {
    let limit = max(1, min(3, word.count / 3 + (word.count > 3 ? 1 : 0)))
    return candidates.map { (word: $0, distance: distance(word, $0)) }
      .filter { $0.distance <= limit || (word.count >= 3 && $0.word.hasPrefix(word)) }
      .min { $0.distance < $1.distance }?.word
  }

  /// Insertions, deletions, replacements and swaps of neighbours between two words (optimal string alignment).
  static func distance(_ a: String, _ b: String) -> Int {
    let x = Array(a)
    let y = Array(b)
    var beforeLast: [Int] = []
    var last = Array(0...y.count)
    for i in 0..<x.count {
      var row = [i + 1]
      row.reserveCapacity(y.count + 1)
      for j in 0..<y.count {
        var best = min(last[j] + (x[i] == y[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
        if i > 0, j > 0, x[i] == y[j - 1], x[i - 1] == y[j] { best = min(best, beforeLast[j - 1] + 1) }
        row.append(best)
      }
      beforeLast = last
      last = row
    }
    return last[y.count]
  }
}
