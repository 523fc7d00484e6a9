import TwinValues

/// A value as page filters know it: equal values of a column have equal keys.
public enum FilterKey {
  /// The key of a text's UTF-8.
  public static func of(_ text: UnsafeBufferPointer<UInt8>) -> UInt64 { hashBytes(text) }

  /// The key of an integer, in columns of kind `int32` or `int64`.
  public static func of(_ number: Int64) -> UInt64 { mixed(UInt64(bitPattern: number)) }

  /// The key of a number in columns of kind `double`.
  public static func of(_ number: Double) -> UInt64 {
    // Zero equals negative zero.
    mixed(number == 0 ? 0 : number.bitPattern)
  }

  /// The finalizer of SplitMix64 (Steele, Lea and Flood 2014).
  private static func mixed(_ bits: UInt64) -> UInt64 {
    var z = bits &+ 0x9e37_79b9_7f4a_7c15
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// The key of a value as a column of this kind stores it; `nil` for kinds that have no filters.
  static func of(_ value: Value, _ kind: ColumnKind) -> UInt64? {
    switch (kind, value) {
    case (.text, .string(var text)): text.withUTF8 { of($0) }
    case (.int32, .integer(let number)), (.int64, .integer(let number)): of(number)
    case (.double, .double(let number)): of(number)
    case (.double, .integer(let number)): of(Double(number))
    case (.double, .unsigned(let number)): of(Double(number))
    default: nil
    }
  }
}

extension ColumnKind {
  /// Whether a column of this kind can have page filters.
  var isFiltered: Bool {
    switch self {
    case .text, .int32, .int64, .double: true
    case .bool, .uint64, .choice, .json: false
    }
  }
}

extension ColumnPage {
  /// The key of a row that is present.
  @inline(__always)
  func key(_ row: Int, _ kind: ColumnKind) -> UInt64 {
    switch kind {
    case .int32: FilterKey.of(Int64(withValues(Int32.self) { $0[row] }))
    case .double: FilterKey.of(withValues(Double.self) { $0[row] })
    case .text: withBytes(row) { FilterKey.of($0) }
    default: FilterKey.of(withValues(Int64.self) { $0[row] })
    }
  }
}
