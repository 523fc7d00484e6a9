/// Header fields in order; names are compared without regard to case.
///
/// A value type over two arrays: the text in one piece and where each name and value lies in it. Fields that
/// would break the message (a name that is not a token) are left out, and control characters in a value become
/// spaces, so that nothing a handler passes on can start a header of its own. What was appended lies there as HTTP/1
/// writes it, so that an answer's fields are mostly written by copying the text.
public struct HTTPHeaders: Sendable, Equatable, ExpressibleByDictionaryLiteral {
  struct Field: Sendable, Equatable {
    let nameStart: UInt32
    let nameEnd: UInt32
    let valueStart: UInt32
    let valueEnd: UInt32
  }

  private(set) var text: [UInt8]
  private(set) var fields: [Field]
  /// Whether the text is the fields' lines and nothing else.
  private var isLines: Bool

  /// No fields.
  public init() {
    text = []
    fields = []
    isLines = true
  }

  /// No fields, and room for some: `bytes` of names and values.
  public init(reserving fields: Int, bytes: Int) {
    self.init()
    self.fields.reserveCapacity(fields)
    text.reserveCapacity(bytes)
  }

  /// Fields from a literal, in order.
  public init(dictionaryLiteral elements: (String, String)...) {
    self.init()
    for (name, value) in elements { append(name, value) }
  }

  /// Fields a parser found in `text`.
  init(text: [UInt8], fields: [Field]) {
    self.text = text
    self.fields = fields
    isLines = false
  }

  /// How many fields there are.
  public var count: Int { fields.count }

  /// Whether there are none.
  public var isEmpty: Bool { fields.isEmpty }

  /// Adds a field after the others, whether or not there is one of that name.
  public mutating func append(_ name: String, _ value: String) {
    var name = name
    var value = value
    name.withUTF8 { name in
      value.withUTF8 { append(UnsafeRawBufferPointer(name), UnsafeRawBufferPointer($0)) }
    }
  }

  /// Adds fields after the others, in their order.
  public mutating func append(_ others: HTTPHeaders) {
    guard text.count + others.text.count < 1 << 30 else { return }
    let shift = UInt32(text.count)
    isLines = isLines && others.isLines
    text.append(contentsOf: others.text)
    for field in others.fields {
      fields.append(
        Field(
          nameStart: field.nameStart + shift, nameEnd: field.nameEnd + shift,
          valueStart: field.valueStart + shift, valueEnd: field.valueEnd + shift))
    }
  }

  mutating func append(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
    guard !name.isEmpty, name.allSatisfy(ASCII.isToken), text.count + name.count + value.count < 1 << 30
    else { return }
    let start = text.count
    let (nameEnd, valueStart) = (start + name.count, start + name.count + 2)
    let valueEnd = valueStart + value.count
    text.append(addingCapacity: valueEnd + 2 - start) { span in
      span.withUnsafeMutableBufferPointer { line, count in
        HTTPHeaders.write(name, value, to: UnsafeMutableRawBufferPointer(line))
        count = valueEnd + 2 - start
      }
    }
    fields.append(
      Field(
        nameStart: UInt32(start), nameEnd: UInt32(nameEnd), valueStart: UInt32(valueStart),
        valueEnd: UInt32(valueEnd)))
  }

  /// Writes a field's line into memory that has just the room for it.
  private static func write(
    _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, to line: UnsafeMutableRawBufferPointer
  ) {
    line.copyMemory(from: name)
    line[name.count] = ASCII.colon
    line[name.count + 1] = ASCII.space
    let rest = UnsafeMutableRawBufferPointer(rebasing: line[(name.count + 2)...])
    rest.copyMemory(from: value)
    for index in 0..<value.count where !ASCII.isFieldValue(value[index]) { rest[index] = ASCII.space }
    rest[value.count] = ASCII.carriageReturn
    rest[value.count + 1] = ASCII.lineFeed
  }

  /// Takes out every field of that name.
  public mutating func remove(_ name: String) {
    let kept = fields.filter {
      !ASCII.equalIgnoringCase(text[Int($0.nameStart)..<Int($0.nameEnd)], name.utf8)
    }
    isLines = isLines && kept.count == fields.count
    fields = kept
  }

  /// Replaces every field of that name by one.
  public mutating func set(_ name: String, _ value: String) {
    remove(name)
    append(name, value)
  }

  /// The value of the first field of that name. Bytes that are not UTF-8 are replaced.
  public subscript(name: StaticString) -> String? {
    for field in fields where isNamed(field, name) { return value(field) }
    return nil
  }

  /// The values of all fields of that name, in order.
  public func values(_ name: StaticString) -> [String] {
    fields.filter { isNamed($0, name) }.map(value)
  }

  /// The value of the first field of a name known at run time only.
  public func first(named name: String) -> String? {
    for field in fields
    where ASCII.equalIgnoringCase(text[Int(field.nameStart)..<Int(field.nameEnd)], name.utf8) {
      return value(field)
    }
    return nil
  }

  /// Calls `body` with the value's bytes of the only field of that name; `nil` when there is none or more than one.
  func withOnly<R>(_ name: StaticString, _ body: (UnsafeRawBufferPointer) -> R) -> R? {
    var only: Field?
    for field in fields where isNamed(field, name) {
      if only != nil { return nil }
      only = field
    }
    guard let only else { return nil }
    return text.withUnsafeBytes {
      body(UnsafeRawBufferPointer(rebasing: $0[Int(only.valueStart)..<Int(only.valueEnd)]))
    }
  }

  /// How many fields of that name there are.
  public func count(of name: StaticString) -> Int {
    var count = 0
    for field in fields where isNamed(field, name) { count += 1 }
    return count
  }

  /// Whether there is a field of that name.
  public func has(_ name: StaticString) -> Bool {
    for field in fields where isNamed(field, name) { return true }
    return false
  }

  /// All fields, in order.
  public var all: [(name: String, value: String)] {
    fields.map { (String(decoding: text[Int($0.nameStart)..<Int($0.nameEnd)], as: UTF8.self), value($0)) }
  }

  /// The members of a comma-separated list over all fields of that name, trimmed, without empty ones.
  public func list(_ name: StaticString) -> [String] {
    values(name).flatMap { value in
      value.split(separator: ",").map { String($0.drop { $0 == " " || $0 == "\t" }) }.map { member in
        var member = member
        while member.last == " " || member.last == "\t" { member.removeLast() }
        return member
      }
    }.filter { !$0.isEmpty }
  }

  /// The same fields, in the same order, whatever the text they lie in.
  public static func == (left: HTTPHeaders, right: HTTPHeaders) -> Bool {
    left.all.elementsEqual(right.all) { $0 == $1 }
  }

  func isNamed(_ field: Field, _ name: StaticString) -> Bool {
    let length = Int(field.nameEnd - field.nameStart)
    guard length == name.utf8CodeUnitCount else { return false }
    return text.withUnsafeBytes {
      ASCII.equalIgnoringCase(
        UnsafeRawBufferPointer(rebasing: $0[Int(field.nameStart)..<Int(field.nameEnd)]), name)
    }
  }

  func value(_ field: Field) -> String {
    String(decoding: text[Int(field.valueStart)..<Int(field.valueEnd)], as: UTF8.self)
  }

  /// Whether a field is one of those that only the server may write: they frame the message.
  func isFraming(_ field: Field) -> Bool {
    switch field.nameEnd - field.nameStart {
    case 4: isNamed(field, "date")
    case 7: isNamed(field, "upgrade") || isNamed(field, "trailer")
    case 10: isNamed(field, "connection") || isNamed(field, "keep-alive")
    case 14: isNamed(field, "content-length")
    case 16: isNamed(field, "proxy-connection")
    case 17: isNamed(field, "transfer-encoding")
    default: false
    }
  }

  /// Appends the fields as HTTP/1 writes them, without those that frame the message.
  func writeUnframed(to out: inout [UInt8]) {
    if isLines, !fields.contains(where: isFraming) { return out.append(contentsOf: text) }
    text.withUnsafeBytes { bytes in
      for field in fields where !isFraming(field) {
        out.append(
          contentsOf: UnsafeRawBufferPointer(rebasing: bytes[Int(field.nameStart)..<Int(field.nameEnd)]))
        out.append(ASCII.colon)
        out.append(ASCII.space)
        out.append(
          contentsOf: UnsafeRawBufferPointer(rebasing: bytes[Int(field.valueStart)..<Int(field.valueEnd)]))
        out.append(ASCII.carriageReturn)
        out.append(ASCII.lineFeed)
      }
    }
  }
}
