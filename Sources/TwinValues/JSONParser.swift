#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What kind of value a tape entry holds.
@usableFromInline
enum JSONTag: UInt8 {
  case null = 0
  case `true`
  case `false`
  /// Payload: `Int64` bits.
  case integer
  /// Payload: `UInt64`, only when past `Int64.max`.
  case unsigned
  /// Payload: `Double` bits.
  case number
  /// Payload: length; the bytes lie in the source just past the offset's quote.
  case plainString
  /// Payload: `offset << 32 | length` in scratch.
  case escapedString
  /// Payload: `members << 32 | tape index just past`.
  case array
  case object
}

struct JSONFault: Error {
  let offset: Int
  let message: String
}

/// Strict RFC 8259 recursive descent from a document's source to its tape: UTF-8 is validated (RFC 3629),
/// depth is bounded, numbers must be finite.
struct JSONParser {
  private let document: JSONDocument
  private let limits: JSONLimits
  private let bytes: UnsafeMutablePointer<UInt8>
  private let end: Int
  private var at = 0

  init(_ document: JSONDocument, _ limits: JSONLimits) {
    self.document = document
    self.limits = limits
    bytes = document.source
    end = document.sourceCount
  }

  mutating func run() throws(JSONFault) {
    if end >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { at = 3 }
    try value(depth: 0)
    skipSpace()
    if at != end { throw fault("unexpected text after the value") }
  }

  private func fault(_ message: String, at offset: Int? = nil) -> JSONFault {
    JSONFault(offset: offset ?? at, message: message)
  }

  @inline(__always)
  private mutating func skipSpace() {
    while at < end {
      let c = bytes[at]
      if c == 32 || c == 10 || c == 13 || c == 9 { at &+= 1 } else { return }
    }
  }

  private mutating func value(depth: Int) throws(JSONFault) {
    skipSpace()
    guard at < end else { throw fault("the text ends where a value was expected") }
    switch bytes[at] {
    case UInt8(ascii: "{"): try object(depth)
    case UInt8(ascii: "["): try array(depth)
    case UInt8(ascii: "\""): try string()
    case UInt8(ascii: "t"): try literal("true", .true)
    case UInt8(ascii: "f"): try literal("false", .false)
    case UInt8(ascii: "n"): try literal("null", .null)
    default: try number()
    }
  }

  private func checkDepth(_ depth: Int) throws(JSONFault) {
    if depth >= limits.maximumDepth { throw fault("nested deeper than \(limits.maximumDepth) levels") }
  }

  private mutating func object(_ depth: Int) throws(JSONFault) {
    try checkDepth(depth)
    let start = at
    let head = document.tapeCount
    document.push(.object, start, 0)
    at &+= 1
    var members = 0
    skipSpace()
    if at < end, bytes[at] == UInt8(ascii: "}") {
      at &+= 1
    } else {
      while true {
        skipSpace()
        guard at < end, bytes[at] == UInt8(ascii: "\"") else {
          throw fault("expected a key in double quotes")
        }
        try string()
        skipSpace()
        guard at < end, bytes[at] == UInt8(ascii: ":") else { throw fault("expected ':' after a key") }
        at &+= 1
        try value(depth: depth &+ 1)
        members &+= 1
        skipSpace()
        guard at < end else { throw fault("the text ends inside the object that starts at byte \(start)") }
        let c = bytes[at]
        if c == UInt8(ascii: ",") {
          at &+= 1
          continue
        }
        if c == UInt8(ascii: "}") {
          at &+= 1
          break
        }
        throw fault("expected ',' or '}'")
      }
    }
    document.tape[head &+ 1] = UInt64(members) << 32 | UInt64(document.tapeCount)
    if limits.rejectsDuplicateKeys, members > 1 { try rejectDuplicates(head, members) }
  }

  private mutating func array(_ depth: Int) throws(JSONFault) {
    try checkDepth(depth)
    let start = at
    let head = document.tapeCount
    document.push(.array, start, 0)
    at &+= 1
    var members = 0
    skipSpace()
    if at < end, bytes[at] == UInt8(ascii: "]") {
      at &+= 1
    } else {
      while true {
        try value(depth: depth &+ 1)
        members &+= 1
        skipSpace()
        guard at < end else { throw fault("the text ends inside the array that starts at byte \(start)") }
        let c = bytes[at]
        if c == UInt8(ascii: ",") {
          at &+= 1
          continue
        }
        if c == UInt8(ascii: "]") {
          at &+= 1
          break
        }
        throw fault("expected ',' or ']'")
      }
    }
    document.tape[head &+ 1] = UInt64(members) << 32 | UInt64(document.tapeCount)
  }

  /// Compares keys pairwise in small objects, their hashes first; sorts key positions by bytes in large ones.
  private func rejectDuplicates(_ head: Int, _ members: Int) throws(JSONFault) {
    if members <= 32 {
      if let second = repeatedKey(head, members) { throw duplicate(second) }
      return
    }
    let object = JSONNode(document: document, index: head)
    var keys: [JSONNode] = []
    keys.reserveCapacity(members)
    for (key, _) in object.memberNodes { keys.append(key) }
    keys.sort { $0.compareText($1) < 0 }
    for i in 1..<keys.count where keys[i - 1].sameText(keys[i]) {
      throw duplicate(keys[i].index > keys[i - 1].index ? keys[i] : keys[i - 1])
    }
  }

  /// The first key of an object that another before it equals.
  private func repeatedKey(_ head: Int, _ members: Int) -> JSONNode? {
    withUnsafeTemporaryAllocation(of: (hash: UInt64, index: Int).self, capacity: members) { keys in
      var at = head &+ 2
      for i in 0..<members {
        let key = JSONNode(document: document, index: at)
        let hash = key.textHash
        for earlier in keys[..<i] where earlier.hash == hash {
          if key.sameText(JSONNode(document: document, index: earlier.index)) { return key }
        }
        keys.initializeElement(at: i, to: (hash, at))
        at = JSONNode(document: document, index: at &+ 2).nextIndex
      }
      return nil
    }
  }

  private func duplicate(_ key: JSONNode) -> JSONFault {
    fault("the key \"\(key.string ?? "")\" appears twice in one object", at: key.byteOffset)
  }

  @inline(__always)
  private mutating func literal(_ text: StaticString, _ tag: JSONTag) throws(JSONFault) {
    let n = text.utf8CodeUnitCount
    guard at &+ n <= end, memcmp(bytes + at, text.utf8Start, n) == 0 else {
      throw fault("expected a value")
    }
    document.push(tag, at, 0)
    at &+= n
  }

  @inline(__always)
  private mutating func string() throws(JSONFault) {
    let quote = at
    at &+= 1
    let high = SIMD16<UInt8>(repeating: 0x80)
    let control = SIMD16<UInt8>(repeating: 0x20)
    let quotes = SIMD16<UInt8>(repeating: 0x22)
    let slashes = SIMD16<UInt8>(repeating: 0x5c)
    while at &+ 16 <= end {
      let v = UnsafeRawPointer(bytes + at).loadUnaligned(as: SIMD16<UInt8>.self)
      if any((v .== quotes) .| (v .== slashes) .| (v .< control) .| (v .>= high)) { break }
      at &+= 16
    }
    while at < end {
      let c = bytes[at]
      if c == 0x22 {
        document.push(.plainString, quote, UInt64(at &- quote &- 1))
        at &+= 1
        return
      }
      if c == 0x5c { return try escaped(quote) }
      if c < 0x20 { throw fault("a control character inside a string") }
      if c >= 0x80 { at &+= try utf8Length() } else { at &+= 1 }
    }
    throw fault("the text ends inside the string that starts at byte \(quote)")
  }

  /// Length of the well-formed UTF-8 sequence at `at` (RFC 3629 table 3).
  private func utf8Length() throws(JSONFault) -> Int {
    let c = bytes[at]
    let n = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2
    guard c >= 0xc2, c <= 0xf4, at &+ n <= end else { throw fault("bytes that are not UTF-8") }
    let c1 = bytes[at &+ 1]
    if (c == 0xe0 && c1 < 0xa0) || (c == 0xed && c1 > 0x9f) || (c == 0xf0 && c1 < 0x90)
      || (c == 0xf4 && c1 > 0x8f)
    {
      throw fault("bytes that are not UTF-8")
    }
    for i in 1..<n where bytes[at &+ i] & 0xc0 != 0x80 { throw fault("bytes that are not UTF-8") }
    return n
  }

  /// The rest of a string from its first backslash on, copied into scratch with escapes resolved.
  private mutating func escaped(_ quote: Int) throws(JSONFault) {
    let start = document.scratchCount
    var close = at
    while close < end, bytes[close] != 0x22 { close &+= bytes[close] == 0x5c ? 2 : 1 }
    document.reserveScratch(min(close, end) - quote)
    let out = document.scratch
    var n = start
    memcpy(out + n, bytes + quote + 1, at - quote - 1)
    n += at - quote - 1
    while at < end {
      let c = bytes[at]
      if c == 0x22 {
        document.scratchCount = n
        document.push(.escapedString, quote, UInt64(start) << 32 | UInt64(n - start))
        at &+= 1
        return
      }
      if c < 0x20 { throw fault("a control character inside a string") }
      if c == 0x5c {
        n += try escape(into: out + n)
      } else if c < 0x80 {
        out[n] = c
        n &+= 1
        at &+= 1
      } else {
        let length = try utf8Length()
        memcpy(out + n, bytes + at, length)
        n &+= length
        at &+= length
      }
    }
    throw fault("the text ends inside the string that starts at byte \(quote)")
  }

  /// Resolves the escape at `at` into `out`; returns how many bytes it wrote.
  private mutating func escape(into out: UnsafeMutablePointer<UInt8>) throws(JSONFault) -> Int {
    guard at &+ 1 < end else { throw fault("the text ends inside an escape") }
    let kind = bytes[at &+ 1]
    let simple: UInt8
    switch kind {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): simple = kind
    case UInt8(ascii: "b"): simple = 8
    case UInt8(ascii: "f"): simple = 12
    case UInt8(ascii: "n"): simple = 10
    case UInt8(ascii: "r"): simple = 13
    case UInt8(ascii: "t"): simple = 9
    case UInt8(ascii: "u"): return try unicodeEscape(into: out)
    default: throw fault("an unknown escape")
    }
    at &+= 2
    out[0] = simple
    return 1
  }

  private mutating func unicodeEscape(into out: UnsafeMutablePointer<UInt8>) throws(JSONFault) -> Int {
    let start = at
    at &+= 2
    var code = try hex4()
    if code >= 0xd800 && code < 0xdc00 {
      guard at &+ 1 < end, bytes[at] == 0x5c, bytes[at &+ 1] == UInt8(ascii: "u") else {
        throw fault("half of a surrogate pair", at: start)
      }
      at &+= 2
      let low = try hex4()
      guard low >= 0xdc00 && low < 0xe000 else { throw fault("half of a surrogate pair", at: start) }
      code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
    }
    guard let scalar = Unicode.Scalar(code) else { throw fault("half of a surrogate pair", at: start) }
    var n = 0
    for unit in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
      out[n] = unit
      n &+= 1
    }
    return n
  }

  private mutating func hex4() throws(JSONFault) -> UInt32 {
    guard at &+ 4 <= end else { throw fault("the text ends inside an escape") }
    var value: UInt32 = 0
    for _ in 0..<4 {
      let c = bytes[at]
      switch c {
      case 48...57: value = value << 4 | UInt32(c &- 48)
      case 65...70: value = value << 4 | UInt32(c &- 55)
      case 97...102: value = value << 4 | UInt32(c &- 87)
      default: throw fault("expected four hexadecimal digits")
      }
      at &+= 1
    }
    return value
  }

  @inline(__always)
  private mutating func number() throws(JSONFault) {
    let start = at
    let negative = bytes[at] == UInt8(ascii: "-")
    if negative { at &+= 1 }
    var mantissa: UInt64 = 0
    let digits = at
    while at < end {
      let c = bytes[at] &- 48
      if c > 9 { break }
      mantissa = mantissa &* 10 &+ UInt64(c)
      at &+= 1
    }
    var count = at &- digits
    if count == 0 { throw fault("expected a value", at: start) }
    if count > 1 && bytes[digits] == 48 { throw fault("a number with a leading zero", at: start) }
    var exponent = 0
    var isInteger = true
    if at < end && bytes[at] == UInt8(ascii: ".") {
      isInteger = false
      at &+= 1
      let fraction = at
      while at < end {
        let c = bytes[at] &- 48
        if c > 9 { break }
        mantissa = mantissa &* 10 &+ UInt64(c)
        at &+= 1
      }
      if at == fraction { throw fault("expected a digit after '.'") }
      exponent = fraction &- at
      count &+= at &- fraction
    }
    if at < end && bytes[at] | 0x20 == UInt8(ascii: "e") {
      isInteger = false
      exponent &+= try exponentPart()
    }
    if isInteger, count <= 18 {
      let value = negative ? -Int64(mantissa) : Int64(mantissa)
      if value != 0 || !negative {
        return document.push(.integer, start, UInt64(bitPattern: value))
      }
    }
    if !isInteger, count <= 19, mantissa < 1 << 53, exponent >= -22, exponent <= 22 {
      var value = Double(mantissa)
      value = exponent < 0 ? value / powersOfTen[-exponent] : value * powersOfTen[exponent]
      return document.push(.number, start, (negative ? -value : value).bitPattern)
    }
    try slowNumber(start, isInteger)
  }

  private mutating func exponentPart() throws(JSONFault) -> Int {
    at &+= 1
    var negative = false
    if at < end, bytes[at] == UInt8(ascii: "+") || bytes[at] == UInt8(ascii: "-") {
      negative = bytes[at] == UInt8(ascii: "-")
      at &+= 1
    }
    let digits = at
    var value = 0
    while at < end {
      let c = bytes[at] &- 48
      if c > 9 { break }
      if value < 100_000 { value = value &* 10 &+ Int(c) }
      at &+= 1
    }
    if at == digits { throw fault("expected a digit in the exponent") }
    return negative ? -value : value
  }

  /// Numbers that don't fit the quick way: 19 digits and more, or beyond exact powers of ten.
  @inline(never)
  private func slowNumber(_ start: Int, _ isInteger: Bool) throws(JSONFault) {
    let text = String(decoding: UnsafeBufferPointer(start: bytes + start, count: at - start), as: UTF8.self)
    if isInteger {
      if text == "-0" { return document.push(.number, start, (-0.0 as Double).bitPattern) }
      if let value = Int64(text) { return document.push(.integer, start, UInt64(bitPattern: value)) }
      if let value = UInt64(text) { return document.push(.unsigned, start, value) }
    }
    guard let value = Double(text), value.isFinite else {
      throw fault("a number too large for a double", at: start)
    }
    document.push(.number, start, value.bitPattern)
  }
}

extension JSONNode {
  /// A hash of a string's bytes (FNV-1a), to tell most strings apart without comparing them.
  fileprivate var textHash: UInt64 {
    withUTF8 { $0.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 } } ?? 0
  }
}

private let powersOfTen: [Double] = [
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
  1e18, 1e19, 1e20, 1e21, 1e22,
]
