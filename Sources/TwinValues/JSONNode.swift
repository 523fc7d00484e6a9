#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// One value inside a `JSONDocument`.
///
/// A node stays valid until its document is parsed into again.
public struct JSONNode {
  /// What a value is.
  public enum Kind: Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool
    /// A number written without fraction or exponent that fits 64 bits.
    case integer
    /// Any other number.
    case number
    /// A string.
    case string
    /// An array.
    case array
    /// An object.
    case object
  }

  @usableFromInline let document: JSONDocument
  @usableFromInline let index: Int

  @inlinable
  init(document: JSONDocument, index: Int) {
    self.document = document
    self.index = index
  }

  @inlinable var tag: JSONTag { JSONTag(rawValue: UInt8(document.tape[index] >> 56)) ?? .null }
  @inlinable var payload: UInt64 { document.tape[index &+ 1] }

  /// What the value is.
  public var kind: Kind {
    switch tag {
    case .null: .null
    case .true, .false: .bool
    case .integer, .unsigned: .integer
    case .number: .number
    case .plainString, .escapedString: .string
    case .array: .array
    case .object: .object
    }
  }

  /// Where the value starts in the source, in bytes.
  public var byteOffset: Int { Int(document.tape[index] & 0x00ff_ffff_ffff_ffff) }

  /// Where the value starts, as text for an error: `line 3, column 14`.
  public var place: String {
    let (line, column) = document.lineAndColumn(ofByte: byteOffset)
    return "line \(line), column \(column)"
  }

  /// Whether the value is `null`.
  public var isNull: Bool { tag == .null }

  /// The truth value, when it is one.
  public var bool: Bool? {
    switch tag {
    case .true: true
    case .false: false
    default: nil
    }
  }

  /// The integer, when it is one that fits.
  public var int64: Int64? { tag == .integer ? Int64(bitPattern: payload) : nil }

  /// The integer, when it is one that fits unsigned.
  public var uint64: UInt64? {
    switch tag {
    case .integer: Int64(bitPattern: payload) >= 0 ? payload : nil
    case .unsigned: payload
    default: nil
    }
  }

  /// The number, integers included (those past 2^53 are rounded).
  public var double: Double? {
    switch tag {
    case .integer: Double(Int64(bitPattern: payload))
    case .unsigned: Double(payload)
    case .number: Double(bitPattern: payload)
    default: nil
    }
  }

  /// The string, when it is one.
  public var string: String? {
    withUTF8 { String(decoding: $0, as: UTF8.self) }
  }

  /// Calls `body` with the bytes of the string, or returns `nil` when the value is no string.
  @inlinable
  public func withUTF8<R>(_ body: (UnsafeBufferPointer<UInt8>) throws -> R) rethrows -> R? {
    switch tag {
    case .plainString:
      return try body(UnsafeBufferPointer(start: document.source + byteOffset + 1, count: Int(payload)))
    case .escapedString:
      let offset = Int(payload >> 32)
      return try body(
        UnsafeBufferPointer(start: document.scratch + offset, count: Int(payload & 0xffff_ffff)))
    default: return nil
    }
  }

  /// Number of elements or members; 0 for anything but arrays and objects.
  public var count: Int {
    switch tag {
    case .array, .object: Int(payload >> 32)
    default: 0
    }
  }

  /// The value of a member, when this is an object that has it.
  public subscript(key: String) -> JSONNode? {
    guard tag == .object else { return nil }
    for (name, value) in memberNodes where name.isText(key) { return value }
    return nil
  }

  /// The elements of an array (nothing for other values).
  public var elements: JSONElements { JSONElements(self) }

  /// The members of an object in source order (nothing for other values).
  public var members: LazyMapSequence<JSONMembers, (key: String, value: JSONNode)> {
    memberNodes.lazy.map { ($0.key.string ?? "", $0.value) }
  }

  /// The members of an object as pairs of nodes, without making strings of the keys.
  public var memberNodes: JSONMembers { JSONMembers(self) }

  /// Whether the value is the string `text`.
  public func isText(_ text: String) -> Bool {
    var text = text
    return withUTF8 { mine in
      text.withUTF8 { mine.count == $0.count && compareBytes(mine, $0) == 0 }
    } ?? false
  }

  /// The value's text as it stands in the source (a number keeps its spelling).
  public var sourceText: String {
    let start = byteOffset
    return String(
      decoding: UnsafeBufferPointer(start: document.source + start, count: sourceEnd - start), as: UTF8.self)
  }

  private var sourceEnd: Int {
    let start = byteOffset
    var at = start
    switch tag {
    case .null, .true: return start + 4
    case .false: return start + 5
    case .plainString: return start + Int(payload) + 2
    case .escapedString:
      at += 1
      while document.source[at] != 0x22 { at += document.source[at] == 0x5c ? 2 : 1 }
      return at + 1
    case .integer, .unsigned, .number:
      while at < document.sourceCount {
        switch document.source[at] {
        case 48...57, 43, 45, 46, 69, 101: at += 1
        default: return at
        }
      }
      return at
    case .array, .object:
      let last = nextIndex
      at = start + 1
      var child = index &+ 2
      while child < last {
        let node = JSONNode(document: document, index: child)
        at = node.tag == .array || node.tag == .object ? node.byteOffset + 1 : node.sourceEnd
        if node.tag == .array || node.tag == .object { at = node.sourceEnd }
        child = node.nextIndex
      }
      let close = tag == .array ? UInt8(ascii: "]") : UInt8(ascii: "}")
      while document.source[at] != close { at += 1 }
      return at + 1
    }
  }

  @inlinable var nextIndex: Int {
    switch tag {
    case .array, .object: Int(payload & 0xffff_ffff)
    default: index &+ 2
    }
  }

  func sameText(_ other: JSONNode) -> Bool { compareText(other) == 0 }

  /// Orders strings by length, then bytes (for finding duplicates, not for people).
  func compareText(_ other: JSONNode) -> Int {
    withUTF8 { mine in
      other.withUTF8 { theirs in
        mine.count != theirs.count ? mine.count - theirs.count : compareBytes(mine, theirs)
      } ?? 1
    } ?? -1
  }
}

/// The elements of an array.
public struct JSONElements: Sequence, IteratorProtocol {
  private let document: JSONDocument
  private var at: Int
  private let end: Int

  init(_ node: JSONNode) {
    document = node.document
    at = node.index &+ 2
    end = node.tag == .array ? node.nextIndex : 0
  }

  /// The next element.
  public mutating func next() -> JSONNode? {
    guard at < end else { return nil }
    let node = JSONNode(document: document, index: at)
    at = node.nextIndex
    return node
  }
}

/// The members of an object, keys as nodes.
public struct JSONMembers: Sequence, IteratorProtocol {
  private let document: JSONDocument
  private var at: Int
  private let end: Int

  init(_ node: JSONNode) {
    document = node.document
    at = node.index &+ 2
    end = node.tag == .object ? node.nextIndex : 0
  }

  /// The next member.
  public mutating func next() -> (key: JSONNode, value: JSONNode)? {
    guard at < end else { return nil }
    let key = JSONNode(document: document, index: at)
    let value = JSONNode(document: document, index: at &+ 2)
    at = value.nextIndex
    return (key, value)
  }
}

/// `memcmp` of two buffers of one length.
private func compareBytes(_ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>) -> Int {
  guard let left = a.baseAddress, let right = b.baseAddress else { return 0 }
  return Int(memcmp(left, right, a.count))
}
