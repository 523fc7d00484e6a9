public import TwinValues

extension Schema {
  /// Checks a JSON value and turns it into the `Value` that rooms pass on (see `Value` for which case).
  ///
  /// `path` says where the value stands, for the error: `/temperature`.
  /// - Throws: `NuriError` with code `invalidValue`, placed at the part of the value that is wrong.
  public func value(from node: JSONNode, at path: String) throws(NuriError) -> Value {
    switch kind {
    case .primitive(let primitive):
      guard let value = primitive.value(from: node) else { throw mismatch(node, path) }
      return value
    case .enumeration(let schema):
      guard let value = schema.valueSchema.value(from: node), schema.contains(value) else {
        throw mismatch(node, path, advice: schema.advice)
      }
      return value
    case .object, .map, .array, .geospatial:
      try validate(node, at: path)
      var writer = JSONWriter()
      writer.node(node)
      return .json(writer.bytes)
    }
  }

  /// Checks a value that is already typed; for primitives without allocating.
  /// - Throws: `NuriError` with code `invalidValue`.
  public func check(_ value: Value, at path: String) throws(NuriError) {
    switch kind {
    case .primitive(let primitive): if primitive.accepts(value) { return }
    case .enumeration(let schema): if schema.contains(value) { return }
    case .object, .map, .array, .geospatial:
      if case .json(let bytes) = value {
        let document: JSONDocument
        do throws(NuriError) {
          document = try JSONDocument(bytes)
        } catch {
          throw error.inside(path)
        }
        return try validate(document.root, at: path)
      }
    }
    var writer = JSONWriter()
    writer.value(value)
    throw NuriError(
      .invalidValue, "Expected \(displayName), found \(String(writer.text.prefix(100))).", at: path)
  }

  /// Checks a JSON value without keeping it. Recursion follows the nesting of the JSON, which its limits bound.
  private func validate(_ node: JSONNode, at path: String) throws(NuriError) {
    switch kind {
    case .primitive, .enumeration: _ = try value(from: node, at: path)
    case .object(let schema):
      guard node.kind == .object else { throw mismatch(node, path) }
      var found: Set<String> = []
      for (name, member) in node.members {
        guard let field = schema.field(name) else {
          throw NuriError(
            .invalidValue, "The object has no field \(name).", at: path,
            advice: "Its fields are: \(schema.fields.map(\.name).joined(separator: ", ")).")
        }
        if field.isRequired { found.insert(name) }
        try field.schema.validate(member, at: "\(path)/\(name)")
      }
      for field in schema.fields where field.isRequired && !found.contains(field.name) {
        throw NuriError(.invalidValue, "The object lacks the field \(field.name).", at: path)
      }
    case .map(let schema):
      guard node.kind == .object else { throw mismatch(node, path) }
      for (name, member) in node.members { try schema.value.validate(member, at: "\(path)/\(name)") }
    case .array(let element):
      guard node.kind == .array else { throw mismatch(node, path) }
      var position = 0
      for item in node.elements {
        try element.validate(item, at: "\(path)/\(position)")
        position += 1
      }
    case .geospatial(let shape): try GeoJSONCheck(shape: shape, path: path).check(node)
    }
  }

  private func mismatch(_ node: JSONNode, _ path: String, advice: String? = nil) -> NuriError {
    NuriError(
      .invalidValue, "Expected \(displayName), found \(String(node.sourceText.prefix(100))).", at: path,
      advice: advice)
  }
}

extension EnumSchema {
  fileprivate var advice: String {
    let names = members.prefix(20).map { member in
      var writer = JSONWriter()
      writer.value(member.value)
      return writer.text
    }
    return "It may be: \(names.joined(separator: ", "))\(members.count > 20 ? ", …" : "")."
  }
}

extension PrimitiveSchema {
  /// The range of a signed integer schema.
  var signedRange: ClosedRange<Int64>? {
    switch self {
    case .byte: Int64(Int8.min)...Int64(Int8.max)
    case .short: Int64(Int16.min)...Int64(Int16.max)
    case .integer: Int64(Int32.min)...Int64(Int32.max)
    case .long: Int64.min...Int64.max
    default: nil
    }
  }

  /// The largest value of an unsigned integer schema.
  var unsignedMaximum: UInt64? {
    switch self {
    case .unsignedByte: UInt64(UInt8.max)
    case .unsignedShort: UInt64(UInt16.max)
    case .unsignedInteger: UInt64(UInt32.max)
    case .unsignedLong: UInt64.max
    default: nil
    }
  }

  func value(from node: JSONNode) -> Value? {
    switch self {
    case .boolean: return node.bool.map { .bool($0) }
    case .double, .float:
      guard let number = node.double, isFinite(number) else { return nil }
      return .double(number)
    case .byte, .short, .integer, .long:
      guard let range = signedRange, let number = node.int64 ?? (node.sourceText == "-0" ? 0 : nil),
        range.contains(number)
      else { return nil }
      return .integer(number)
    case .unsignedByte, .unsignedShort, .unsignedInteger, .unsignedLong:
      guard let maximum = unsignedMaximum, let number = node.uint64, number <= maximum else { return nil }
      if number == 0, node.sourceText != "0" { return nil }
      return Int64(exactly: number).map { .integer($0) } ?? .unsigned(number)
    case .bytes, .date, .dateTime, .decimal, .duration, .string, .time, .uuid:
      guard let text = node.string, accepts(text) else { return nil }
      return .string(text)
    }
  }

  private func isFinite(_ number: Double) -> Bool {
    self == .float ? Float(number).isFinite : number.isFinite
  }

  func accepts(_ value: Value) -> Bool {
    switch value {
    case .bool: return self == .boolean
    case .double(let number): return (self == .double || self == .float) && isFinite(number)
    case .integer(let number):
      if let range = signedRange { return range.contains(number) }
      guard let maximum = unsignedMaximum, number >= 0 else { return false }
      return UInt64(number) <= maximum
    case .unsigned(let number):
      return unsignedMaximum.map { number <= $0 } ?? false
    case .string(let text): return accepts(text)
    case .json: return false
    }
  }

  private func accepts(_ text: String) -> Bool {
    switch self {
    case .string: true
    case .bytes: TextSyntax.isBase64(text)
    case .date: TextSyntax.isDate(text)
    case .dateTime: TextSyntax.isDateTime(text)
    case .decimal: TextSyntax.isDecimal(text)
    case .duration: TextSyntax.isDuration(text)
    case .time: TextSyntax.isTime(text)
    case .uuid: TextSyntax.isUUID(text)
    default: false
    }
  }
}
