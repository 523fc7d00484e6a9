extension [UInt8] {
  /// JSON text without line feeds and tabs, which can only stand between tokens, and without a byte-order mark:
  /// exports have one record a line, and what is stored stands in the middle of other JSON.
  package var onOneLine: [UInt8] {
    guard first == 0xef || contains(where: { $0 < 0x20 }) else { return self }
    return (first == 0xef ? dropFirst(3) : self[...]).filter { $0 >= 0x20 }
  }
}
