#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Bounds on JSON that comes from outside.
public struct JSONLimits: Sendable {
  /// Deepest nesting of arrays and objects.
  public var maximumDepth: Int
  /// Longest text, in bytes.
  public var maximumBytes: Int
  /// Whether an object that names the same key twice is an error (it is in everything Nuri reads).
  public var rejectsDuplicateKeys: Bool

  /// Makes limits; the defaults are 128 levels, 64 MiB and no duplicate keys.
  public init(
    maximumDepth: Int = 128, maximumBytes: Int = 64 << 20, rejectsDuplicateKeys: Bool = true
  ) {
    self.maximumDepth = maximumDepth
    self.maximumBytes = min(maximumBytes, Int(UInt32.max) / 2)
    self.rejectsDuplicateKeys = rejectsDuplicateKeys
  }

  /// The default limits.
  public static let standard = JSONLimits()
}

/// A parsed JSON text: the bytes and a flat tape over them, walked through `JSONNode`.
///
/// The tape holds two words a value: `tag << 56 | offset in source`, then a payload (length, bits, or
/// the tape index just past a container and its number of members). Nothing is turned into dictionaries.
/// A document may be parsed into again, which reuses its memory and invalidates its nodes.
/// Not safe to share between threads while it is parsed into.
public final class JSONDocument {
  @usableFromInline var source: UnsafeMutablePointer<UInt8>
  @usableFromInline var sourceCount = 0
  private var sourceCapacity: Int
  @usableFromInline var tape: UnsafeMutablePointer<UInt64>
  @usableFromInline var tapeCount = 0
  private var tapeCapacity: Int
  /// Strings that had escapes, unescaped, one after another.
  @usableFromInline var scratch: UnsafeMutablePointer<UInt8>
  @usableFromInline var scratchCount = 0
  private var scratchCapacity: Int

  /// An empty document (its root is `null`), ready to be parsed into.
  public init() {
    sourceCapacity = 256
    source = .allocate(capacity: sourceCapacity)
    tapeCapacity = 64
    tape = .allocate(capacity: tapeCapacity)
    scratchCapacity = 64
    scratch = .allocate(capacity: scratchCapacity)
    push(.null, 0, 0)
  }

  deinit {
    source.deallocate()
    tape.deallocate()
    scratch.deallocate()
  }

  /// Parses a text.
  /// - Throws: `NuriError` with code `invalidJSON` and line and column of the first fault.
  public convenience init(_ text: String, limits: JSONLimits = .standard) throws(NuriError) {
    self.init()
    try parse(text, limits: limits)
  }

  /// Parses UTF-8 bytes (a byte-order mark at the start is skipped).
  /// - Throws: `NuriError` with code `invalidJSON` and line and column of the first fault.
  public convenience init(_ bytes: [UInt8], limits: JSONLimits = .standard) throws(NuriError) {
    self.init()
    try parse(bytes.span.bytes, limits: limits)
  }

  /// Parses a text into this document, in place of what it held.
  /// - Throws: `NuriError` with code `invalidJSON`.
  public func parse(_ text: String, limits: JSONLimits = .standard) throws(NuriError) {
    let bytes = Array(text.utf8)
    try parse(bytes.span.bytes, limits: limits)
  }

  /// Parses UTF-8 bytes into this document, in place of what it held. The bytes are copied.
  /// - Throws: `NuriError` with code `invalidJSON`.
  public func parse(_ bytes: RawSpan, limits: JSONLimits = .standard) throws(NuriError) {
    guard bytes.byteCount <= limits.maximumBytes else {
      throw NuriError(
        .invalidJSON, "The JSON text has \(bytes.byteCount) bytes; the limit is \(limits.maximumBytes).")
    }
    bytes.withUnsafeBytes { raw in
      if raw.count > sourceCapacity {
        source.deallocate()
        sourceCapacity = raw.count
        source = .allocate(capacity: sourceCapacity)
      }
      if let base = raw.baseAddress { memcpy(source, base, raw.count) }
      sourceCount = raw.count
    }
    tapeCount = 0
    scratchCount = 0
    var parser = JSONParser(self, limits)
    do {
      try parser.run()
    } catch {
      tapeCount = 0
      push(.null, 0, 0)
      throw fault(error)
    }
  }

  /// The outermost value.
  public var root: JSONNode { JSONNode(document: self, index: 0) }

  /// The line and column (both from 1; the column counts bytes) of a byte offset.
  public func lineAndColumn(ofByte offset: Int) -> (line: Int, column: Int) {
    var line = 1
    var start = 0
    for i in 0..<min(offset, sourceCount) where source[i] == UInt8(ascii: "\n") {
      line += 1
      start = i + 1
    }
    return (line, offset - start + 1)
  }

  private func fault(_ error: JSONFault) -> NuriError {
    let (line, column) = lineAndColumn(ofByte: error.offset)
    return NuriError(
      .invalidJSON, "Not valid JSON: \(error.message).", at: "line \(line), column \(column)")
  }

  @inline(__always)
  func push(_ tag: JSONTag, _ offset: Int, _ payload: UInt64) {
    if tapeCount &+ 2 > tapeCapacity { growTape() }
    tape[tapeCount] = UInt64(tag.rawValue) << 56 | UInt64(offset)
    tape[tapeCount &+ 1] = payload
    tapeCount &+= 2
  }

  @inline(never)
  private func growTape() {
    let bigger = UnsafeMutablePointer<UInt64>.allocate(capacity: tapeCapacity * 2)
    bigger.update(from: tape, count: tapeCount)
    tape.deallocate()
    tape = bigger
    tapeCapacity *= 2
  }

  func reserveScratch(_ more: Int) {
    guard scratchCount + more > scratchCapacity else { return }
    scratchCapacity = max(scratchCapacity * 2, scratchCount + more)
    let bigger = UnsafeMutablePointer<UInt8>.allocate(capacity: scratchCapacity)
    bigger.update(from: scratch, count: scratchCount)
    scratch.deallocate()
    scratch = bigger
  }
}
