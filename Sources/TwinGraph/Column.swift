import TwinValues

/// One property of one model for all its twins: copy-on-write pages of 128 rows. Pages nobody wrote are absent.
@usableFromInline
struct Column {
  @usableFromInline typealias Chunk = ContiguousArray<ColumnPage?>
  @usableFromInline static var chunkShift: Int { 7 }

  @usableFromInline let kind: ColumnKind
  /// String values of an enum, in the order their indices are stored.
  let choices: [String]
  let isTimed: Bool
  @usableFromInline var chunks: ContiguousArray<Chunk> = []
  /// What tells which pages may hold a value, once someone looked for one; see `Column+Filter`.
  var filter: ContiguousArray<FilterGroup>?

  init(kind: ColumnKind, choices: [String] = [], isTimed: Bool = true) {
    self.kind = kind
    self.isTimed = isTimed
    self.choices = choices
  }

  /// The page that holds a row, when any of its rows was ever written.
  @inlinable
  func page(of row: Int) -> ColumnPage? { page(row >> 7) }

  @inlinable
  func page(_ index: Int) -> ColumnPage? {
    let chunk = index >> Self.chunkShift
    guard chunk < chunks.count else { return nil }
    return chunks.withUnsafeBufferPointer { chunks in
      chunks[chunk].withUnsafeBufferPointer { $0[index & (1 << Self.chunkShift - 1)] }
    }
  }

  /// The page that holds a row, ready to be written: made, or copied while it is shared.
  @inline(__always)
  mutating func writablePage(of row: Int) -> ColumnPage {
    let index = row >> 7
    let chunk = index >> Self.chunkShift
    while chunk >= chunks.count { chunks.append(Chunk(repeating: nil, count: 1 << Self.chunkShift)) }
    let slot = index & (1 << Self.chunkShift - 1)
    if chunks[chunk][slot] != nil, isKnownUniquelyReferenced(&chunks[chunk][slot]),
      let page = chunks[chunk][slot]
    {
      return page
    }
    let page = chunks[chunk][slot]?.copy() ?? ColumnPage.make(kind, isTimed: isTimed)
    chunks[chunk][slot] = page
    return page
  }

  /// The value at a row.
  func value(_ row: Int) -> Value? {
    guard let page = page(of: row), page.isPresent(row & 127) else { return nil }
    let i = row & 127
    switch kind {
    case .bool: return .bool(page.withValues(UInt8.self) { $0[i] } != 0)
    case .int32: return .integer(Int64(page.withValues(Int32.self) { $0[i] }))
    case .int64: return .integer(page.withValues(Int64.self) { $0[i] })
    case .uint64:
      let raw = page.withValues(UInt64.self) { $0[i] }
      return raw > UInt64(Int64.max) ? .unsigned(raw) : .integer(Int64(raw))
    case .double: return .double(page.withValues(Double.self) { $0[i] })
    case .choice:
      let index = Int(page.withValues(UInt32.self) { $0[i] })
      return index < choices.count ? .string(choices[index]) : nil
    case .text: return .string(page.withBytes(i) { String(decoding: $0, as: UTF8.self) })
    case .json: return .json(page.withBytes(i) { Array($0) })
    }
  }

  /// When a row was last written, in milliseconds since the epoch; `nil` when it holds no value.
  func time(_ row: Int) -> Int64? {
    guard let page = page(of: row), page.isPresent(row & 127) else { return nil }
    return page.time(row & 127)
  }

  /// Stores a value that the schema has accepted. `false` when the column can't hold it.
  mutating func set(_ row: Int, _ value: Value, time: Int64) -> Bool {
    let i = row & 127
    if filter != nil { note(row, value) }
    switch (kind, value) {
    case (.double, .double(let number)):
      let page = writablePage(of: row)
      page.withValues(Double.self) { $0[i] = number }
      page.stamp(i, time)
    case (.double, .integer(let number)):
      let page = writablePage(of: row)
      page.withValues(Double.self) { $0[i] = Double(number) }
      page.stamp(i, time)
    case (.double, .unsigned(let number)):
      let page = writablePage(of: row)
      page.withValues(Double.self) { $0[i] = Double(number) }
      page.stamp(i, time)
    case (.int32, .integer(let number)):
      guard let small = Int32(exactly: number) else { return false }
      let page = writablePage(of: row)
      page.withValues(Int32.self) { $0[i] = small }
      page.stamp(i, time)
    case (.int64, .integer(let number)):
      let page = writablePage(of: row)
      page.withValues(Int64.self) { $0[i] = number }
      page.stamp(i, time)
    case (.uint64, .integer(let number)):
      guard number >= 0 else { return false }
      let page = writablePage(of: row)
      page.withValues(UInt64.self) { $0[i] = UInt64(number) }
      page.stamp(i, time)
    case (.uint64, .unsigned(let number)):
      let page = writablePage(of: row)
      page.withValues(UInt64.self) { $0[i] = number }
      page.stamp(i, time)
    case (.bool, .bool(let truth)):
      let page = writablePage(of: row)
      page.withValues(UInt8.self) { $0[i] = truth ? 1 : 0 }
      page.stamp(i, time)
    case (.choice, .string(let text)):
      guard let index = choices.firstIndex(of: text) else { return false }
      let page = writablePage(of: row)
      page.withValues(UInt32.self) { $0[i] = UInt32(index) }
      page.stamp(i, time)
    case (.text, .string(var text)):
      let page = writablePage(of: row)
      text.withUTF8 { page.setBytes(i, $0) }
      page.stamp(i, time)
    case (.json, .json(let bytes)):
      let page = writablePage(of: row)
      bytes.onOneLine.withUnsafeBufferPointer { page.setBytes(i, $0) }
      page.stamp(i, time)
    default: return false
    }
    return true
  }

  /// Stores raw bytes in a text or JSON column that has no filter: those of ids and of relationships.
  mutating func setBytes(_ row: Int, _ bytes: UnsafeBufferPointer<UInt8>, time: Int64) {
    let page = writablePage(of: row)
    page.setBytes(row & 127, bytes)
    page.stamp(row & 127, time)
  }

  /// Takes the value at a row away.
  mutating func clear(_ row: Int) {
    guard let shared = page(of: row), shared.isPresent(row & 127) else { return }
    if filter != nil { note(row, nil) }
    let page = writablePage(of: row)
    if kind.isBytes { page.clearBytes(row & 127) }
    page.setPresent(row & 127, false)
  }
}

extension ColumnPage {
  @inline(__always)
  fileprivate func stamp(_ row: Int, _ time: Int64) {
    setPresent(row, true)
    setTime(row, time)
  }
}
