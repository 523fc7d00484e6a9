import TwinValues

extension Value {
  /// The value as people read it.
  var shown: String {
    switch self {
    case .string(let text): text
    case .bool, .integer, .unsigned, .double, .json: jsonText
    }
  }

  /// The value as JSON text.
  var jsonText: String {
    var writer = JSONWriter()
    writer.value(self)
    return writer.text
  }
}

extension JSONWriter {
  /// Writes a key and a string.
  mutating func member(_ name: String, _ text: String?) {
    key(name)
    if let text { string(text) } else { null() }
  }

  /// Writes a key and a number.
  mutating func member(_ name: String, _ number: Int) {
    key(name)
    integer(Int64(number))
  }

  /// Writes a key and a number.
  mutating func member(_ name: String, _ number: UInt64) {
    key(name)
    unsigned(number)
  }

  /// Writes a key and a truth value.
  mutating func member(_ name: String, _ truth: Bool) {
    key(name)
    bool(truth)
  }

  /// Writes a key and a value, `null` for none.
  mutating func member(_ name: String, value: Value?) {
    key(name)
    if let value { self.value(value) } else { null() }
  }
}
