/// A growable array of plain records in copy-on-write pages: `root → chunk (128 pages) → page (64 records)`.
///
/// Copying the array copies one reference. A write copies only the page it lands in, and only while someone
/// else still holds that page: when a reader lets go, writing is in place again.
@usableFromInline
struct PagedArray<Element: BitwiseCopyable> {
  @usableFromInline typealias Page = ManagedBuffer<Int, Element>
  @usableFromInline typealias Chunk = ContiguousArray<Page>

  @usableFromInline static var pageShift: Int { 6 }
  @usableFromInline static var pageSize: Int { 1 << pageShift }
  @usableFromInline static var chunkShift: Int { 7 }

  @usableFromInline var chunks: ContiguousArray<Chunk> = []
  @usableFromInline private(set) var count = 0
  private let filler: Element

  init(filler: Element) { self.filler = filler }

  private func makePage(copying old: Page?) -> Page {
    let page = Page.create(minimumCapacity: Self.pageSize) { _ in 0 }
    page.withUnsafeMutablePointerToElements { new in
      if let old {
        old.withUnsafeMutablePointerToElements { new.initialize(from: $0, count: Self.pageSize) }
      } else {
        new.initialize(repeating: filler, count: Self.pageSize)
      }
    }
    return page
  }

  /// Makes indices below `newCount` valid; new records hold the filler.
  mutating func grow(to newCount: Int) {
    guard newCount > count else { return }
    let pages = (newCount + Self.pageSize - 1) >> Self.pageShift
    var have = (count + Self.pageSize - 1) >> Self.pageShift
    while have < pages {
      let chunk = have >> Self.chunkShift
      if chunk == chunks.count {
        chunks.append([])
        chunks[chunk].reserveCapacity(1 << Self.chunkShift)
      }
      chunks[chunk].append(makePage(copying: nil))
      have += 1
    }
    count = newCount
  }

  /// Takes the last record away.
  mutating func removeLast() {
    let empty = filler
    update(count - 1) { $0 = empty }
    count -= 1
    guard count & (Self.pageSize - 1) == 0 else { return }
    let chunk = count >> (Self.pageShift + Self.chunkShift)
    chunks[chunk].removeLast()
    if chunks[chunk].isEmpty { chunks.removeLast() }
  }

  @inlinable
  subscript(index: Int) -> Element {
    get {
      let page = index >> Self.pageShift
      return chunks[page >> Self.chunkShift][page & (1 << Self.chunkShift - 1)]
        .withUnsafeMutablePointerToElements { $0[index & (Self.pageSize - 1)] }
    }
  }

  /// Calls `body` with the record at `index`, writable in place; copies its page first when it is shared.
  @inline(__always)
  mutating func update<R>(_ index: Int, _ body: (inout Element) -> R) -> R {
    let page = index >> Self.pageShift
    let chunk = page >> Self.chunkShift
    let inChunk = page & (1 << Self.chunkShift - 1)
    if !isKnownUniquelyReferenced(&chunks[chunk][inChunk]) {
      chunks[chunk][inChunk] = makePage(copying: chunks[chunk][inChunk])
    }
    return chunks[chunk][inChunk].withUnsafeMutablePointerToElements {
      body(&$0[index & (Self.pageSize - 1)])
    }
  }

  /// Calls `body` with the page that holds `index`.
  @inline(__always)
  func withPage<R>(of index: Int, _ body: (UnsafePointer<Element>) -> R) -> R {
    let page = index >> Self.pageShift
    return chunks[page >> Self.chunkShift][page & (1 << Self.chunkShift - 1)]
      .withUnsafeMutablePointerToElements { body(UnsafePointer($0)) }
  }

  /// The records of the page that holds `index`, valid while the array keeps the page; only for filling pages
  /// that no other array shares.
  func recordsOfPage(of index: Int) -> UnsafeMutablePointer<Element> {
    let page = index >> Self.pageShift
    return chunks[page >> Self.chunkShift][page & (1 << Self.chunkShift - 1)]
      .withUnsafeMutablePointerToElements { $0 }
  }

  /// Fills the last page's records past the end again, after the page was read from elsewhere.
  func clearTail() {
    let inPage = count & (Self.pageSize - 1)
    guard inPage > 0 else { return }
    let records = recordsOfPage(of: count - 1)
    for i in inPage..<Self.pageSize { records[i] = filler }
  }

  /// Where the record at `index` lies, and where its page begins; for prefetching only.
  @inline(__always)
  func address(of index: Int) -> (page: UnsafeRawPointer, record: UnsafeRawPointer) {
    let page = index >> Self.pageShift
    let base = chunks[page >> Self.chunkShift].withUnsafeBufferPointer {
      unsafeBitCast($0[page & (1 << Self.chunkShift - 1)], to: UnsafeRawPointer.self)
    }
    // Behind the object's header (16 bytes) and the buffer's own (8).
    return (base, base + 24 + (index & (Self.pageSize - 1)) * MemoryLayout<Element>.stride)
  }

  /// Whether both arrays are the very same memory, so that nothing in them differs.
  func isIdentical(to other: PagedArray) -> Bool {
    count == other.count
      && chunks.withUnsafeBufferPointer { a in
        other.chunks.withUnsafeBufferPointer { b in a.baseAddress == b.baseAddress && a.count == b.count }
      }
  }

  /// Whether the page that holds `index` is the very same memory in both arrays.
  func sharesPage(of index: Int, with other: PagedArray) -> Bool {
    let page = index >> Self.pageShift
    let chunk = page >> Self.chunkShift
    let inChunk = page & (1 << Self.chunkShift - 1)
    guard chunk < other.chunks.count, inChunk < other.chunks[chunk].count else { return false }
    return chunks[chunk][inChunk] === other.chunks[chunk][inChunk]
  }

  /// Calls `body` with each page's first index and its records, up to `count`.
  func forEachPage(_ body: (Int, UnsafeBufferPointer<Element>) throws -> Void) rethrows {
    var start = 0
    for chunk in chunks {
      for page in chunk {
        let n = min(Self.pageSize, count - start)
        try page.withUnsafeMutablePointerToElements {
          try body(start, UnsafeBufferPointer(start: $0, count: n))
        }
        start += Self.pageSize
      }
    }
  }
}
