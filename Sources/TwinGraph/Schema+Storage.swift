import TwinModels
import TwinValues

extension Schema {
  /// How a column stores values of this schema: its kind, and the strings of an enum kept by index.
  var storage: (kind: ColumnKind, choices: [String]) {
    switch kind {
    case .primitive(let primitive): (primitive.storage, [])
    case .enumeration(let schema):
      schema.valueSchema == .string ? (.choice, schema.texts) : (schema.valueSchema.storage, [])
    case .object, .map, .array, .geospatial: (.json, [])
    }
  }
}

extension EnumSchema {
  /// The values that are strings.
  fileprivate var texts: [String] {
    var texts: [String] = []
    for member in members {
      if case .string(let text) = member.value { texts.append(text) }
    }
    return texts
  }
}

extension PrimitiveSchema {
  fileprivate var storage: ColumnKind {
    switch self {
    case .boolean: .bool
    case .byte, .short, .integer, .unsignedByte, .unsignedShort: .int32
    case .long, .unsignedInteger: .int64
    case .unsignedLong: .uint64
    case .float, .double: .double
    case .bytes, .date, .dateTime, .decimal, .duration, .string, .time, .uuid: .text
    }
  }
}
