#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How a column stores a value.
public enum ColumnKind: UInt8, Sendable {
  /// One byte: 0 or 1.
  case bool = 1
  /// Four bytes: byte, short and integer schemas.
  case int32
  /// Eight bytes: long and unsigned integer schemas.
  case int64
  /// Eight bytes: unsignedLong.
  case uint64
  /// Eight bytes: float and double.
  case double
  /// Four bytes: the index of one of the enum's string values.
  case choice
  /// Text, in the page's own heap.
  case text
  /// Compact JSON text, in the page's own heap.
  case json

  @usableFromInline var stride: Int {
    switch self {
    case .bool: 1
    case .int32, .choice, .text, .json: 4
    case .int64, .uint64, .double: 8
    }
  }

  /// Whether values live in the page's heap.
  @inlinable public var isBytes: Bool { self == .text || self == .json }
}

/// Book-keeping of one page.
@usableFromInline
struct ColumnPageHeader {
  /// Which of the 128 rows hold a value.
  @usableFromInline var presence: (UInt64, UInt64) = (0, 0)
  /// What the 32-bit update times count from, in milliseconds since the epoch.
  var timeBase: Int64 = .min
  /// 64-bit update times, once 32 bits don't span them (49 days).
  var wideTimes: UnsafeMutablePointer<Int64>?
  /// Variable-length values, each a length varint and its bytes; offset 0 is not used.
  @usableFromInline var heap: UnsafeMutablePointer<UInt8>?
  var heapUsed: UInt32 = 1
  var heapCapacity: UInt32 = 0
  /// Bytes in the heap no cell points to any more.
  var heapGarbage: UInt32 = 0
  let kind: ColumnKind
  /// Whether update times are kept.
  let isTimed: Bool

  var words: Int { ColumnPage.rows * (kind.stride + (isTimed ? 4 : 0)) / 8 }
}

/// One column's values, presence and update times for 128 rows, in one allocation.
///
/// Elements are `128 × stride` bytes of values, then 128 update times of 4 bytes.
@usableFromInline
final class ColumnPage: ManagedBuffer<ColumnPageHeader, UInt64> {
  @usableFromInline static var rows: Int { 128 }

  static func make(_ kind: ColumnKind, isTimed: Bool) -> ColumnPage {
    let header = ColumnPageHeader(kind: kind, isTimed: isTimed)
    let words = header.words
    let page = unsafeDowncast(
      create(minimumCapacity: words) { _ in header }, to: ColumnPage.self)
    page.withUnsafeMutablePointerToElements { $0.initialize(repeating: 0, count: words) }
    return page
  }

  deinit {
    withUnsafeMutablePointerToHeader {
      $0.pointee.heap?.deallocate()
      $0.pointee.wideTimes?.deallocate()
    }
  }

  func copy() -> ColumnPage {
    let old = header
    let words = old.words
    let page = unsafeDowncast(
      Self.create(minimumCapacity: words) { _ in old }, to: ColumnPage.self)
    withUnsafeMutablePointerToElements { from in
      page.withUnsafeMutablePointerToElements { $0.initialize(from: from, count: words) }
    }
    page.withUnsafeMutablePointerToHeader { new in
      if let wide = old.wideTimes {
        let times = UnsafeMutablePointer<Int64>.allocate(capacity: Self.rows)
        times.initialize(from: wide, count: Self.rows)
        new.pointee.wideTimes = times
      }
      if let heap = old.heap {
        let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: Int(old.heapUsed))
        bytes.initialize(from: heap, count: Int(old.heapUsed))
        new.pointee.heap = bytes
        new.pointee.heapCapacity = old.heapUsed
      }
    }
    return page
  }

  // MARK: Presence

  @inlinable
  func isPresent(_ row: Int) -> Bool {
    withUnsafeMutablePointerToHeader {
      (row < 64 ? $0.pointee.presence.0 >> UInt64(row) : $0.pointee.presence.1 >> UInt64(row - 64)) & 1 != 0
    }
  }

  func setPresent(_ row: Int, _ present: Bool) {
    withUnsafeMutablePointerToHeader {
      let bit: UInt64 = 1 << UInt64(row & 63)
      switch (row < 64, present) {
      case (true, true): $0.pointee.presence.0 |= bit
      case (true, false): $0.pointee.presence.0 &= ~bit
      case (false, true): $0.pointee.presence.1 |= bit
      case (false, false): $0.pointee.presence.1 &= ~bit
      }
    }
  }

  var isEmpty: Bool { header.presence.0 | header.presence.1 == 0 }

  // MARK: Fixed-width values

  @inlinable
  func withValues<T: BitwiseCopyable, R>(_ type: T.Type, _ body: (UnsafeMutablePointer<T>) -> R) -> R {
    withUnsafeMutablePointerToElements {
      body(UnsafeMutableRawPointer($0).assumingMemoryBound(to: T.self))
    }
  }

  // MARK: Update times

  private func withNarrowTimes<R>(_ body: (UnsafeMutablePointer<UInt32>) -> R) -> R {
    let offset = Self.rows * header.kind.stride
    return withUnsafeMutablePointerToElements {
      body((UnsafeMutableRawPointer($0) + offset).assumingMemoryBound(to: UInt32.self))
    }
  }

  /// Milliseconds since the epoch at which `row` was last written.
  func time(_ row: Int) -> Int64 {
    guard header.isTimed else { return 0 }
    if let wide = header.wideTimes { return wide[row] }
    let base = header.timeBase
    return base == .min ? 0 : base + Int64(withNarrowTimes { $0[row] })
  }

  func setTime(_ row: Int, _ milliseconds: Int64) {
    guard header.isTimed else { return }
    if header.timeBase == .min {
      withUnsafeMutablePointerToHeader { $0.pointee.timeBase = milliseconds }
    }
    if let wide = header.wideTimes {
      wide[row] = milliseconds
      return
    }
    let delta = milliseconds - header.timeBase
    if delta >= 0 && delta <= Int64(UInt32.max) {
      withNarrowTimes { $0[row] = UInt32(delta) }
      return
    }
    let wide = UnsafeMutablePointer<Int64>.allocate(capacity: Self.rows)
    for i in 0..<Self.rows { wide[i] = time(i) }
    wide[row] = milliseconds
    withUnsafeMutablePointerToHeader { $0.pointee.wideTimes = wide }
  }
}
