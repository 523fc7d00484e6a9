/// A property's value as the platform carries it between rooms.
///
/// Which case holds a given DTDL schema: booleans `bool`; every integer schema `integer` (`unsigned` only
/// past `Int64.max`); float and double `double`; string, date, dateTime, time, duration, uuid, bytes and
/// decimal `string` in the schema's own JSON spelling; enums `integer` or `string` as the enum's
/// valueSchema says; objects, maps, arrays and geospatial values `json`.
public enum Value: Hashable, Sendable {
  /// A truth value.
  case bool(Bool)
  /// A signed integer.
  case integer(Int64)
  /// An integer past `Int64.max`.
  case unsigned(UInt64)
  /// A finite number.
  case double(Double)
  /// Text.
  case string(String)
  /// A structured value as compact JSON text, keys in the order they were given.
  case json([UInt8])
}

extension Value {
  /// Equal to the byte: texts that only look the same (a letter composed or not) are two values, as they are in
  /// the log and on pages.
  public static func == (a: Value, b: Value) -> Bool {
    switch (a, b) {
    case (.bool(let a), .bool(let b)): a == b
    case (.integer(let a), .integer(let b)): a == b
    case (.unsigned(let a), .unsigned(let b)): a == b
    case (.double(let a), .double(let b)): a == b
    case (.string(let a), .string(let b)): a == b && a.utf8.elementsEqual(b.utf8)
    case (.json(let a), .json(let b)): a == b
    default: false
    }
  }

  /// The value of a JSON node, whatever its schema; `nil` for `null`.
  public init?(_ node: JSONNode) {
    switch node.kind {
    case .null: return nil
    case .bool: self = .bool(node.bool ?? false)
    case .integer:
      if let value = node.int64 { self = .integer(value) } else { self = .unsigned(node.uint64 ?? 0) }
    case .number: self = .double(node.double ?? 0)
    case .string: self = .string(node.string ?? "")
    case .array, .object:
      var writer = JSONWriter()
      writer.node(node)
      self = .json(writer.bytes)
    }
  }

  /// The value as a number, where it is one.
  public var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .unsigned(let value): Double(value)
    case .double(let value): value
    case .bool, .string, .json: nil
    }
  }
}

extension JSONWriter {
  /// Writes a property value.
  public mutating func value(_ value: Value) {
    switch value {
    case .bool(let bool): self.bool(bool)
    case .integer(let integer): self.integer(integer)
    case .unsigned(let unsigned): self.unsigned(unsigned)
    case .double(let double): self.double(double)
    case .string(let string): self.string(string)
    case .json(let json): raw(json)
    }
  }
}
