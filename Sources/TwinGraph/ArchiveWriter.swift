import TwinValues

/// Writes the parts of a graph to a sink.
struct ArchiveWriter {
  private let sink: GraphArchive.Sink

  init(_ sink: @escaping GraphArchive.Sink) { self.sink = sink }

  func integer(_ value: UInt64) throws(NuriError) {
    let little = [value.littleEndian]
    try sinkBytes(little)
  }

  func bytes(_ bytes: [UInt8]) throws(NuriError) {
    try integer(UInt64(bytes.count))
    try sinkBytes(bytes)
  }

  func text(_ text: String) throws(NuriError) { try bytes(Array(text.utf8)) }

  func world(_ entry: WorldEntry) throws(NuriError) {
    try integer(UInt64(entry.number))
    try text(entry.name)
    try integer(UInt64(entry.parent))
    try integer(entry.forkPoint)
    try integer(entry.isTracking ? 1 : 0)
    try text(entry.label)
    try integer(UInt64(bitPattern: entry.created.microseconds))
    try integer(UInt64(bitPattern: entry.expires?.microseconds ?? .min))
  }

  func eventRoute(_ route: EventRoute) throws(NuriError) {
    try text(route.id)
    try text(route.endpoint)
    try text(route.filter)
  }

  private func sinkBytes<T: BitwiseCopyable>(_ values: [T]) throws(NuriError) {
    try values.withUnsafeBytes { raw in Result { () throws(NuriError) in try sink(raw) } }.get()
  }

  func array<T: BitwiseCopyable>(_ array: PagedArray<T>) throws(NuriError) {
    try integer(UInt64(array.count))
    for chunk in array.chunks {
      for page in chunk {
        let records = page.withUnsafeMutablePointerToElements { $0 }
        try sink(
          UnsafeRawBufferPointer(start: records, count: PagedArray<T>.pageSize * MemoryLayout<T>.stride))
      }
    }
  }

  /// A column: number of pages, then each that exists as `index + 1, header, values and times, heap`; 0 ends it.
  func column(_ column: Column) throws(NuriError) {
    for (chunk, pages) in column.chunks.enumerated() {
      for (index, page) in pages.enumerated() {
        guard let page, !page.isEmpty else { continue }
        try integer(UInt64(chunk << Column.chunkShift | index) + 1)
        try self.page(page)
      }
    }
    try integer(0)
  }

  private func page(_ page: ColumnPage) throws(NuriError) {
    let header = page.header
    let heapBytes = header.heap == nil ? 0 : Int(header.heapUsed)
    let words: [UInt64] = [
      header.presence.0, header.presence.1, UInt64(bitPattern: header.timeBase), UInt64(heapBytes),
      UInt64(header.heapGarbage), header.wideTimes == nil ? 0 : 1,
    ]
    try sinkBytes(words)
    let elements = page.withUnsafeMutablePointerToElements { $0 }
    try sink(UnsafeRawBufferPointer(start: elements, count: header.words * 8))
    if let heap = header.heap { try sink(UnsafeRawBufferPointer(start: heap, count: heapBytes)) }
    if let wide = header.wideTimes {
      try sink(UnsafeRawBufferPointer(start: wide, count: ColumnPage.rows * 8))
    }
  }
}
