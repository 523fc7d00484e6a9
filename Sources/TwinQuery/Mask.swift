/// One bit for each of the 128 rows of a table's page.
struct Mask: Equatable {
  var low: UInt64
  var high: UInt64

  init(_ low: UInt64, _ high: UInt64) {
    self.low = low
    self.high = high
  }

  init(_ bits: (UInt64, UInt64)) { self.init(bits.0, bits.1) }

  static let none = Mask(0, 0)
  static let all = Mask(.max, .max)

  @inline(__always) var isEmpty: Bool { low | high == 0 }
  @inline(__always) var count: Int { low.nonzeroBitCount + high.nonzeroBitCount }

  @inline(__always) static func & (a: Mask, b: Mask) -> Mask { Mask(a.low & b.low, a.high & b.high) }
  @inline(__always) static func | (a: Mask, b: Mask) -> Mask { Mask(a.low | b.low, a.high | b.high) }
  @inline(__always) static prefix func ~ (a: Mask) -> Mask { Mask(~a.low, ~a.high) }

  @inline(__always)
  subscript(row: Int) -> Bool {
    get { (row < 64 ? low >> UInt64(row) : high >> UInt64(row - 64)) & 1 != 0 }
    set {
      let bit: UInt64 = 1 << UInt64(row & 63)
      switch (row < 64, newValue) {
      case (true, true): low |= bit
      case (true, false): low &= ~bit
      case (false, true): high |= bit
      case (false, false): high &= ~bit
      }
    }
  }

  /// Only the rows from `row` on.
  func from(_ row: Int) -> Mask {
    if row <= 0 { return self }
    if row >= 128 { return .none }
    return row < 64 ? Mask(low & (.max << UInt64(row)), high) : Mask(0, high & (.max << UInt64(row - 64)))
  }

  /// Calls `body` with each row, lowest first, until it returns `false`. Returns whether it went to the end.
  @inline(__always)
  func forEach(_ body: (Int) throws -> Bool) rethrows -> Bool {
    var bits = low
    while bits != 0 {
      guard try body(bits.trailingZeroBitCount) else { return false }
      bits &= bits &- 1
    }
    bits = high
    while bits != 0 {
      guard try body(64 &+ bits.trailingZeroBitCount) else { return false }
      bits &= bits &- 1
    }
    return true
  }
}

/// What a condition says of the rows of a page. Rows in neither are undefined: the condition could not be asked.
struct Truth {
  var yes: Mask
  var no: Mask

  static let undefined = Truth(yes: .none, no: .none)

  /// A truth known for `rows`.
  static func of(_ yes: Mask, among rows: Mask) -> Truth { Truth(yes: yes & rows, no: ~yes & rows) }

  static func && (a: Truth, b: Truth) -> Truth { Truth(yes: a.yes & b.yes, no: a.no | b.no) }
  static func || (a: Truth, b: Truth) -> Truth { Truth(yes: a.yes | b.yes, no: a.no & b.no) }
  static prefix func ! (a: Truth) -> Truth { Truth(yes: a.no, no: a.yes) }
}
