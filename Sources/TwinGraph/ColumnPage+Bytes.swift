#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Variable-length values: a cell holds the offset of `length varint, bytes` in the page's heap.
extension ColumnPage {
  /// Calls `body` with the bytes of a present row.
  @inlinable
  func withBytes<R>(_ row: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> R) rethrows -> R {
    let offset = withValues(UInt32.self) { $0[row] }
    guard let heap = header.heap, offset != 0 else {
      return try body(UnsafeBufferPointer(start: nil, count: 0))
    }
    let (length, head) = ColumnPage.length(heap + Int(offset))
    return try body(UnsafeBufferPointer(start: heap + Int(offset) + head, count: length))
  }

  @inlinable
  static func length(_ p: UnsafePointer<UInt8>) -> (length: Int, head: Int) {
    var value = 0
    var i = 0
    while true {
      value |= Int(p[i] & 0x7f) << (7 * i)
      i += 1
      if p[i - 1] < 0x80 { return (value, i) }
    }
  }

  func setBytes(_ row: Int, _ bytes: UnsafeBufferPointer<UInt8>) {
    let old = withValues(UInt32.self) { $0[row] }
    var head = 1
    var rest = bytes.count >> 7
    while rest > 0 {
      head += 1
      rest >>= 7
    }
    if old != 0, let heap = header.heap {
      let (oldLength, oldHead) = Self.length(heap + Int(old))
      if oldLength == bytes.count {
        if let source = bytes.baseAddress { memcpy(heap + Int(old) + oldHead, source, bytes.count) }
        return
      }
      addGarbage(oldLength + oldHead)
      withValues(UInt32.self) { $0[row] = 0 }
    }
    let offset = reserve(head + bytes.count)
    guard let heap = header.heap else { return }
    var length = bytes.count
    for i in 0..<head {
      heap[offset + i] = UInt8(length & 0x7f) | (i == head - 1 ? 0 : 0x80)
      length >>= 7
    }
    if let source = bytes.baseAddress { memcpy(heap + offset + head, source, bytes.count) }
    withValues(UInt32.self) { $0[row] = UInt32(offset) }
  }

  func clearBytes(_ row: Int) {
    let old = withValues(UInt32.self) { $0[row] }
    guard old != 0, let heap = header.heap else { return }
    let (length, head) = Self.length(heap + Int(old))
    addGarbage(length + head)
    withValues(UInt32.self) { $0[row] = 0 }
  }

  private func addGarbage(_ bytes: Int) {
    withUnsafeMutablePointerToHeader { $0.pointee.heapGarbage += UInt32(bytes) }
  }

  /// Room for `bytes` more at the heap's end; packs the heap first when half of it is garbage.
  private func reserve(_ bytes: Int) -> Int {
    let used = Int(header.heapUsed)
    if header.heap == nil || used + bytes > Int(header.heapCapacity) { repack(bytes) }
    return withUnsafeMutablePointerToHeader {
      let offset = Int($0.pointee.heapUsed)
      $0.pointee.heapUsed += UInt32(bytes)
      return offset
    }
  }

  /// Moves what is live to a new heap with room for `more` bytes. The heap doubles up to 1 KiB, so that filling a
  /// page moves little, and grows by an eighth from there on, so that full pages waste little.
  private func repack(_ more: Int) {
    let needed = Int(header.heapUsed) - Int(header.heapGarbage) + more
    let capacity = needed + max(16, min(needed, 1024 - needed), needed / 8)
    let new = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    new[0] = 0
    var used = 1
    if let heap = header.heap {
      withValues(UInt32.self) { cells in
        for row in 0..<Self.rows where cells[row] != 0 {
          let at = heap + Int(cells[row])
          let (length, head) = Self.length(at)
          memcpy(new + used, at, length + head)
          cells[row] = UInt32(used)
          used += length + head
        }
      }
      heap.deallocate()
    }
    withUnsafeMutablePointerToHeader {
      $0.pointee.heap = new
      $0.pointee.heapUsed = UInt32(used)
      $0.pointee.heapCapacity = UInt32(capacity)
      $0.pointee.heapGarbage = 0
    }
  }
}
