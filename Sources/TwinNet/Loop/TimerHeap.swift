/// Deadlines in order: a binary heap of pairs (nanoseconds, token). Pure; the caller brings the time.
///
/// Nothing is ever taken out early. Whoever no longer wants a deadline lets it come up and ignores it, which costs
/// less than finding it: a connection moves its deadline at every request and looks again when the old one is due.
struct TimerHeap {
  /// One deadline.
  struct Entry: Equatable {
    let dueNanoseconds: UInt64
    let token: UInt64
  }

  private var entries: [Entry] = []

  /// When the next deadline is due; `nil` when there is none.
  var nextNanoseconds: UInt64? { entries.first?.dueNanoseconds }

  /// How many deadlines wait.
  var count: Int { entries.count }

  /// Adds a deadline.
  mutating func insert(dueNanoseconds: UInt64, token: UInt64) {
    entries.append(Entry(dueNanoseconds: dueNanoseconds, token: token))
    var child = entries.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      if entries[parent].dueNanoseconds <= entries[child].dueNanoseconds { break }
      entries.swapAt(parent, child)
      child = parent
    }
  }

  /// Takes out the first deadline if it is due at `now`, and returns its token.
  mutating func popDue(now: UInt64) -> UInt64? {
    guard let first = entries.first, first.dueNanoseconds <= now else { return nil }
    let last = entries.removeLast()
    if entries.isEmpty { return first.token }
    entries[0] = last
    var parent = 0
    while true {
      var child = 2 * parent + 1
      if child >= entries.count { break }
      if child + 1 < entries.count, entries[child + 1].dueNanoseconds < entries[child].dueNanoseconds {
        child += 1
      }
      if entries[parent].dueNanoseconds <= entries[child].dueNanoseconds { break }
      entries.swapAt(parent, child)
      parent = child
    }
    return first.token
  }
}
