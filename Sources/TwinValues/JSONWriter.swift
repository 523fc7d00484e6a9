/// Writes compact JSON into a growing buffer of bytes. Commas are put in by the writer.
///
/// The caller opens and closes in order; the writer does not check that.
public struct JSONWriter: Sendable {
  /// What has been written so far.
  public internal(set) var bytes: [UInt8] = []
  var needsComma = false
  var lastInstant = LastInstant()

  /// An empty writer.
  public init(reserving capacity: Int = 256) { bytes.reserveCapacity(capacity) }

  /// The text so far.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Empties the buffer and keeps its memory.
  public mutating func reset() {
    bytes.removeAll(keepingCapacity: true)
    needsComma = false
  }

  @inline(__always)
  mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
  }

  /// Opens an object.
  public mutating func beginObject() {
    separate()
    bytes.append(UInt8(ascii: "{"))
    needsComma = false
  }

  /// Closes an object.
  public mutating func endObject() {
    bytes.append(UInt8(ascii: "}"))
    needsComma = true
  }

  /// Opens an array.
  public mutating func beginArray() {
    separate()
    bytes.append(UInt8(ascii: "["))
    needsComma = false
  }

  /// Closes an array.
  public mutating func endArray() {
    bytes.append(UInt8(ascii: "]"))
    needsComma = true
  }

  /// Writes a key; a value follows.
  public mutating func key(_ name: String) {
    separate()
    quote(name)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  /// Writes a string.
  public mutating func string(_ text: String) {
    separate()
    quote(text)
  }

  /// Writes an integer.
  public mutating func integer(_ value: Int64) {
    separate()
    bytes.append(decimal: value.magnitude, isNegative: value < 0)
  }

  /// Writes an unsigned integer.
  public mutating func unsigned(_ value: UInt64) {
    separate()
    bytes.append(decimal: value)
  }

  /// Writes a number in its shortest round-trip form; what JSON can't say (NaN, infinity) as `null`.
  public mutating func double(_ value: Double) {
    separate()
    guard value.isFinite else { return bytes.append(contentsOf: "null".utf8) }
    if value == value.rounded(), abs(value) < 1e15, value != 0 || value.sign == .plus {
      bytes.append(decimal: UInt64(abs(value)), isNegative: value < 0)
    } else {
      bytes.append(contentsOf: value.description.utf8)
    }
  }

  /// Writes a truth value.
  public mutating func bool(_ value: Bool) {
    separate()
    bytes.append(contentsOf: (value ? "true" : "false").utf8)
  }

  /// Writes `null`.
  public mutating func null() {
    separate()
    bytes.append(contentsOf: "null".utf8)
  }

  /// Writes bytes that are JSON already.
  public mutating func raw(_ json: some Sequence<UInt8>) {
    separate()
    bytes.append(contentsOf: json)
  }

  /// Writes the members of a JSON object, given from its brace to its brace, into the object that is open.
  public mutating func splice(members object: [UInt8]) {
    guard object.dropFirst().dropLast().contains(where: { $0 > 0x20 }) else { return }
    separate()
    bytes.append(contentsOf: object[1..<object.count - 1])
  }

  /// Writes a parsed value again, compactly.
  public mutating func node(_ node: JSONNode) {
    switch node.kind {
    case .null: null()
    case .bool: bool(node.bool ?? false)
    case .integer:
      if let value = node.int64 { integer(value) } else { unsigned(node.uint64 ?? 0) }
    case .number: double(node.double ?? 0)
    case .string: string(node.string ?? "")
    case .array:
      beginArray()
      for element in node.elements { self.node(element) }
      endArray()
    case .object:
      beginObject()
      for (name, value) in node.members {
        key(name)
        self.node(value)
      }
      endObject()
    }
  }

  /// Writes a line feed and starts a new top-level value (NDJSON).
  public mutating func newline() {
    bytes.append(UInt8(ascii: "\n"))
    needsComma = false
  }

  private mutating func quote(_ text: String) {
    var text = text
    text.withUTF8 { quote($0) }
  }

  mutating func quote(_ utf8: UnsafeBufferPointer<UInt8>) {
    bytes.append(UInt8(ascii: "\""))
    var start = 0
    while true {
      let end = utf8.firstToEscape(from: start)
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[start..<end]))
      guard end < utf8.count else { break }
      escape(utf8[end])
      start = end + 1
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func escape(_ c: UInt8) {
    bytes.append(UInt8(ascii: "\\"))
    switch c {
    case 0x22, 0x5c: bytes.append(c)
    case 8: bytes.append(UInt8(ascii: "b"))
    case 9: bytes.append(UInt8(ascii: "t"))
    case 10: bytes.append(UInt8(ascii: "n"))
    case 12: bytes.append(UInt8(ascii: "f"))
    case 13: bytes.append(UInt8(ascii: "r"))
    default:
      let hex = Array("0123456789abcdef".utf8)
      bytes.append(contentsOf: [
        UInt8(ascii: "u"), UInt8(ascii: "0"), UInt8(ascii: "0"), hex[Int(c >> 4)], hex[Int(c & 15)],
      ])
    }
  }
}
