import CNuri
import TwinValues

/// The twins that some changes are going to touch, and which property of them.
public struct PrefetchList: Sendable {
  fileprivate var hashes: [UInt64] = []
  fileprivate var paths: [String?] = []

  /// How many changes to look ahead: more wait for memory than it can serve at once.
  public static let length = 64

  /// An empty list.
  public init() {}

  /// Empties the list and keeps its memory.
  public mutating func removeAll() {
    hashes.removeAll(keepingCapacity: true)
    paths.removeAll(keepingCapacity: true)
  }

  /// Adds a twin and a property.
  public mutating func add(twin: String, path: String?) { twin.withBytes { add(twin: $0, path: path) } }

  mutating func add(twin: UnsafeBufferPointer<UInt8>, path: String?) {
    hashes.append(hashBytes(twin))
    paths.append(path)
  }
}

extension Graph {
  /// Starts loading the memory that changes of these twins are going to touch.
  ///
  /// A change of a random twin waits for a dozen cache lines, each found by way of the one before. Looking up
  /// many twins step by step together makes those waits overlap: an update then takes half the time. It reads
  /// only, and what it guesses wrong costs a little time and nothing else.
  public func prefetch(_ list: PrefetchList) {
    for hash in list.hashes { nuri_prefetch(state.twinIndex.place(hash)) }
    withUnsafeTemporaryAllocation(of: Int.self, capacity: list.hashes.count) { slots in
      for (i, hash) in list.hashes.enumerated() {
        slots[i] = state.twinIndex.probable(hash) ?? -1
        if slots[i] >= 0 { state.prefetchRecord(slots[i]) }
      }
      prefetchCells(slots, list.paths)
    }
  }

  private func prefetchCells(_ slots: UnsafeMutableBufferPointer<Int>, _ paths: [String?]) {
    var known: (table: Int, path: String, column: Int?) = (-1, "", nil)
    for (slot, path) in zip(slots, paths) where slot >= 0 {
      state.twinIds.prefetchHeap(slot)
      guard let path else { continue }
      let record = state.twins[slot]
      if record.table != known.table || path != known.path {
        known = (record.table, path, state.tables[record.table].layout.column(path))
      }
      if let column = known.column { state.tables[record.table].columns[column].prefetch(Int(record.row)) }
    }
  }
}

extension Table {
  /// Starts loading everything a row holds. Reading it column by column would wait for each in turn.
  func prefetch(_ row: Int) {
    columns.withUnsafeBufferPointer { columns in
      for index in columns.indices { columns[index].prefetch(row) }
      for index in columns.indices where columns[index].kind.isBytes { columns[index].prefetchHeap(row) }
    }
  }

  /// Starts loading what a search begins with on a page, if there is such a page.
  func prefetchPage(_ index: Int) {
    guard index < .max >> 7 else { return }
    twinOfRow.prefetch(index << 7)
    columns.withUnsafeBufferPointer { columns in
      for column in columns.indices where columns[column].filter != nil {
        columns[column].prefetchPage(index)
      }
    }
  }
}

extension Column {
  /// Starts loading what a scan of a page begins with.
  func prefetchPage(_ index: Int) {
    guard let page = address(ofPageOf: index << 7) else { return }
    for line in 0..<4 { nuri_prefetch(page + line * 64) }
  }
}

extension PagedArray {
  /// Starts loading 128 records from an index on.
  func prefetch(_ index: Int) {
    for start in [index, index + Self.pageSize] where start < count {
      nuri_prefetch(address(of: start).record)
    }
  }
}

extension GraphState {
  @inline(__always)
  fileprivate func prefetchRecord(_ slot: Int) {
    let (page, record) = twins.address(of: slot)
    nuri_prefetch(page)
    nuri_prefetch(record)
    twinIds.prefetch(slot)
  }
}

extension Column {
  /// Where the page that holds a row begins.
  @inline(__always)
  fileprivate func address(ofPageOf row: Int) -> UnsafeRawPointer? {
    let index = row >> 7
    guard index >> Self.chunkShift < chunks.count else { return nil }
    return chunks[index >> Self.chunkShift].withUnsafeBufferPointer {
      unsafeBitCast($0[index & (1 << Self.chunkShift - 1)], to: UnsafeRawPointer?.self)
    }
  }

  // Inlined, these would count references to what they look at.

  /// Starts loading a row's page header, cell and update time.
  @inline(never)
  fileprivate func prefetch(_ row: Int) {
    guard let page = address(ofPageOf: row) else { return }
    nuri_prefetch(page)
    nuri_prefetch(page + 64)
    let cells = page + ColumnPage.cellsOffset
    nuri_prefetch(cells + (row & 127) * kind.stride)
    if isTimed { nuri_prefetch(cells + 128 * kind.stride + (row & 127) * 4) }
  }

  /// Starts loading the bytes that a row's cell points to, after `prefetch`.
  @inline(never)
  fileprivate func prefetchHeap(_ row: Int) {
    guard let page = address(ofPageOf: row) else { return }
    let header = (page + ColumnPage.headerOffset).assumingMemoryBound(to: ColumnPageHeader.self)
    let cells = (page + ColumnPage.cellsOffset).assumingMemoryBound(to: UInt32.self)
    if let heap = header.pointee.heap { nuri_prefetch(heap + Int(cells[row & 127])) }
  }
}

extension ColumnPage {
  /// Where a managed buffer keeps its header and, behind it, its elements, from the start of the object.
  fileprivate static var headerOffset: Int { 16 }
  fileprivate static var cellsOffset: Int { (16 + MemoryLayout<ColumnPageHeader>.size + 7) & ~7 }
}
