import TwinValues

/// Reads the parts of a graph from a source. Every count is checked before memory is taken for it.
struct ArchiveReader {
  private let source: GraphArchive.Source

  init(_ source: @escaping GraphArchive.Source) { self.source = source }

  func integer() throws(NuriError) -> UInt64 {
    var value: UInt64 = 0
    try withUnsafeMutableBytes(of: &value) { (raw) throws(NuriError) in try source(raw) }
    return UInt64(littleEndian: value)
  }

  /// A count of things; bounded so that a damaged one can't take all memory.
  func count(atMost limit: Int = GraphLimits.relationships) throws(NuriError) -> Int {
    let value = try integer()
    guard value <= UInt64(limit) else {
      throw NuriError(.undecodableCheckpoint, "The checkpoint counts \(value) where at most \(limit) can be.")
    }
    return Int(value)
  }

  func bytes() throws(NuriError) -> [UInt8] {
    let total = try count(atMost: 1 << 30)
    var bytes: [UInt8] = []
    // In pieces, so that a damaged length runs out of source before it runs out of memory.
    while bytes.count < total {
      let start = bytes.count
      bytes.append(contentsOf: repeatElement(0, count: min(1 << 20, total - start)))
      try bytes.withUnsafeMutableBytes { raw in
        Result { () throws(NuriError) in
          try source(UnsafeMutableRawBufferPointer(rebasing: raw[start...]))
        }
      }.get()
    }
    return bytes
  }

  func text() throws(NuriError) -> String { String(decoding: try bytes(), as: UTF8.self) }

  func world() throws(NuriError) -> WorldEntry {
    let number = UInt32(truncatingIfNeeded: try integer())
    let name = try text()
    let parent = UInt32(truncatingIfNeeded: try integer())
    let forkPoint = try integer()
    let isTracking = try integer() != 0
    let label = try text()
    let created = Instant(microseconds: Int64(bitPattern: try integer()))
    let expires = Int64(bitPattern: try integer())
    return WorldEntry(
      number: number, name: name, parent: parent, forkPoint: forkPoint, isTracking: isTracking, label: label,
      created: created, expires: expires == .min ? nil : Instant(microseconds: expires))
  }

  func array<T: BitwiseCopyable>(_ array: inout PagedArray<T>) throws(NuriError) {
    let total = try count()
    let size = PagedArray<T>.pageSize
    var have = 0
    while have < total {
      array.grow(to: min(have + size, total))
      let records = array.recordsOfPage(of: have)
      try source(UnsafeMutableRawBufferPointer(start: records, count: size * MemoryLayout<T>.stride))
      have += size
    }
    array.clearTail()
  }

  /// Reads a column of a table of `rows` rows.
  func column(_ column: inout Column, rows: Int) throws(NuriError) {
    while true {
      let number = try count(atMost: (rows + ColumnPage.rows - 1) / ColumnPage.rows)
      if number == 0 { return }
      try page(column.writablePage(of: (number - 1) << 7))
    }
  }

  private func page(_ page: ColumnPage) throws(NuriError) {
    var words = [UInt64](repeating: 0, count: 6)
    try words.withUnsafeMutableBytes { raw in Result { () throws(NuriError) in try source(raw) } }.get()
    let size = page.header.words * 8
    let elements = page.withUnsafeMutablePointerToElements { $0 }
    try source(UnsafeMutableRawBufferPointer(start: elements, count: size))
    let heapBytes = Int(truncatingIfNeeded: words[3])
    guard heapBytes >= 0, heapBytes <= ColumnPage.rows * (GraphLimits.valueBytes + 8) * 2 else {
      throw NuriError(.undecodableCheckpoint, "The checkpoint has a page of \(words[3]) bytes.")
    }
    let heap = heapBytes == 0 ? nil : UnsafeMutablePointer<UInt8>.allocate(capacity: heapBytes)
    let wide = words[5] == 0 ? nil : UnsafeMutablePointer<Int64>.allocate(capacity: ColumnPage.rows)
    page.withUnsafeMutablePointerToHeader {
      $0.pointee.presence = (words[0], words[1])
      $0.pointee.timeBase = Int64(bitPattern: words[2])
      $0.pointee.heap = heap
      $0.pointee.heapUsed = UInt32(max(heapBytes, 1))
      $0.pointee.heapCapacity = UInt32(heapBytes)
      $0.pointee.heapGarbage = UInt32(truncatingIfNeeded: words[4])
      $0.pointee.wideTimes = wide
    }
    if let heap { try source(UnsafeMutableRawBufferPointer(start: heap, count: heapBytes)) }
    if let wide { try source(UnsafeMutableRawBufferPointer(start: wide, count: ColumnPage.rows * 8)) }
    guard page.hasSoundHeap else {
      throw NuriError(.undecodableCheckpoint, "The checkpoint has a page whose values lie outside it.")
    }
    guard page.hasSoundTimes else {
      throw NuriError(.undecodableCheckpoint, "The checkpoint has a page whose times no clock can show.")
    }
  }
}

extension ColumnPage {
  /// Whether every update time can be told as an instant.
  fileprivate var hasSoundTimes: Bool {
    guard header.isTimed else { return header.wideTimes == nil }
    let span = GraphArchive.milliseconds
    guard let wide = header.wideTimes else {
      return header.timeBase == .min
        || span.contains(header.timeBase) && span.contains(header.timeBase + Int64(UInt32.max))
    }
    return header.timeBase != .min && (0..<Self.rows).allSatisfy { span.contains(wide[$0]) }
  }

  /// Whether every cell of a page of bytes points at a whole value inside its heap, and the values and what is
  /// counted as garbage add up to what is used: otherwise packing the heap would write past its end.
  fileprivate var hasSoundHeap: Bool {
    guard header.kind.isBytes else { return header.heap == nil }
    let used = Int(header.heapUsed)
    return withValues(UInt32.self) { cells in
      var sum = 1 + Int(header.heapGarbage)
      for row in 0..<Self.rows where cells[row] != 0 {
        guard let heap = header.heap, Int(cells[row]) < used else { return false }
        var length = 0
        var at = Int(cells[row])
        var shift = 0
        while true {
          guard at < used, shift < 35 else { return false }
          length |= Int(heap[at] & 0x7f) << shift
          shift += 7
          at += 1
          if heap[at - 1] < 0x80 { break }
        }
        guard at + length <= used else { return false }
        sum += at + length - Int(cells[row])
      }
      return sum == used
    }
  }
}
