import Synchronization

/// Which of 64 pages (8,192 rows) of a column may hold a value: a Bloom filter of 4,096 bits for each page.
///
/// The filters lie bit by bit, not page by page: word `i` holds bit `i` of all 64. A question then reads four
/// words and learns about 64 pages at once.
///
/// A group is shared, not copied, by every graph that has it: bits are only ever added, so it says for each of
/// them which pages may hold a value, and a value that only another fork wrote costs a look and nothing else.
/// Each graph replaces its own group by a new one once many values have come and gone.
///
/// `@unchecked Sendable`: the words are atomic.
final class FilterGroup: @unchecked Sendable {
  static let pages = 64
  static let rows = pages * ColumnPage.rows
  /// log2 of the bits of one page's filter. With 128 values in it, it errs about once in 5,000 times.
  private static let bitsShift = 12
  private static let count = 1 << bitsShift
  private static let hashes = 4

  private let words: UnsafeMutablePointer<Atomic<UInt64>>
  /// Whether everything the pages held when the group was made is in it.
  private let filled: Atomic<Bool>
  /// Values added since the group was filled.
  private let added = Atomic<Int>(0)

  init(isFilled: Bool) {
    filled = Atomic(isFilled)
    words = .allocate(capacity: Self.count)
    for index in 0..<Self.count { (words + index).initialize(to: Atomic(0)) }
  }

  deinit {
    words.deinitialize(count: Self.count)
    words.deallocate()
  }

  var isFilled: Bool { filled.load(ordering: .acquiring) }

  func setFilled() { filled.store(true, ordering: .releasing) }

  /// Whether so many values came after it was filled that a new one would be sharper.
  var isWorn: Bool { added.load(ordering: .relaxed) > Self.rows }

  @inline(__always)
  private static func word(_ key: UInt64, _ index: Int) -> Int {
    Int(truncatingIfNeeded: key >> UInt64(index * bitsShift)) & (count - 1)
  }

  /// Notes that a page (0 to 63) holds a value with this key.
  func add(_ key: UInt64, page: Int, isNew: Bool) {
    let bit: UInt64 = 1 << UInt64(page)
    var had: UInt64 = .max
    for index in 0..<Self.hashes { had &= words[Self.word(key, index)].load(ordering: .relaxed) }
    if had & bit != 0 { return }
    for index in 0..<Self.hashes {
      words[Self.word(key, index)].bitwiseOr(bit, ordering: .relaxed)
    }
    // Not exact when several forks write at once; nothing depends on it but when a new group is made.
    if isNew { added.store(added.load(ordering: .relaxed) + 1, ordering: .relaxed) }
  }

  /// The pages, a bit each, that may hold a value with this key.
  func pages(holding key: UInt64) -> UInt64 {
    var pages: UInt64 = .max
    for index in 0..<Self.hashes { pages &= words[Self.word(key, index)].load(ordering: .relaxed) }
    return pages
  }
}
