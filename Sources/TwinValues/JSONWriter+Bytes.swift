extension JSONWriter {
  /// Writes an instant as a string of RFC 3339 in UTC, as `Instant.description` has it.
  public mutating func instant(_ instant: Instant) {
    if lastInstant.value != instant, !lastInstant.take(instant) { return string(instant.description) }
    separate()
    lastInstant.text.span.withUnsafeBufferPointer { text in
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[..<lastInstant.count]))
    }
  }

  /// The instant written last and its text with quotes: values that came together have one and the same.
  struct LastInstant {
    private(set) var value: Instant?
    private(set) var text = InlineArray<29, UInt8>(repeating: UInt8(ascii: "\""))
    private(set) var count = 0

    /// Makes the text; `false` for an instant whose text has no room.
    mutating func take(_ instant: Instant) -> Bool {
      value = nil
      var span = text.mutableSpan
      let digits = span.withUnsafeMutableBufferPointer { buffer in
        buffer.baseAddress.flatMap { instant.write(to: $0 + 1) }
      }
      guard let digits else { return false }
      text[digits + 1] = UInt8(ascii: "\"")
      count = digits + 2
      value = instant
      return true
    }
  }

  /// Writes a key that is quoted already and has its colon; a value follows.
  public mutating func key(quoted name: UnsafeBufferPointer<UInt8>) {
    raw(name)
    needsComma = false
  }

  /// Writes a key that is quoted already and has its colon; a value follows.
  public mutating func key(quoted name: StaticString) {
    key(quoted: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
  }

  /// A key for `key(quoted:)`.
  public static func quoted(key name: String) -> [UInt8] {
    var writer = JSONWriter()
    writer.key(name)
    return writer.bytes
  }

  /// Writes a string given in UTF-8.
  public mutating func string(utf8: UnsafeBufferPointer<UInt8>) {
    separate()
    quote(utf8)
  }
}

extension [UInt8] {
  /// Appends a number in decimal digits.
  mutating func append(decimal number: UInt64, isNegative: Bool = false) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 21) { digits in
      var rest = number
      var at = digits.count
      repeat {
        at -= 1
        digits[at] = UInt8(truncatingIfNeeded: rest % 10) &+ 48
        rest /= 10
      } while rest > 0
      if isNegative {
        at -= 1
        digits[at] = UInt8(ascii: "-")
      }
      append(contentsOf: UnsafeBufferPointer(rebasing: digits[at...]))
    }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Where the first byte lies, from `start` on, that can't stand in a JSON string as it is; `count` when none does.
  @inline(__always)
  func firstToEscape(from start: Int) -> Int {
    guard let base = baseAddress.map({ UnsafeRawPointer($0) }) else { return count }
    var i = start
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    // Eight at a time: a byte is zero when taking one from it borrows (Hacker's Delight, 2nd ed., §6-1).
    while i &+ 8 <= count {
      let word = base.loadUnaligned(fromByteOffset: i, as: UInt64.self)
      let quote = word ^ (ones &* 0x22)
      let slash = word ^ (ones &* 0x5c)
      let control = word & (ones &* 0xe0)
      let found = (quote &- ones) & ~quote | (slash &- ones) & ~slash | (control &- ones) & ~control
      if found & highs != 0 { break }
      i &+= 8
    }
    while i < count {
      let byte = self[i]
      if byte < 0x20 || byte == 0x22 || byte == 0x5c { return i }
      i &+= 1
    }
    return count
  }
}
