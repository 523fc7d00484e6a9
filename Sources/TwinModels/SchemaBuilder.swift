import TwinValues

/// Turns linked elements into schemas, each element once, without recursion: schemas of DTDL v4 that hold each
/// other may be linked in paths of any length.
final class SchemaBuilder {
  private var built: [ObjectIdentifier: Schema] = [:]
  private var pending: [(schema: Schema, element: ModelElement)] = []
  private var isCompleting = false

  /// The schema that a property holds; text when it holds none (only models with faults have that).
  func schema(_ link: ModelElement.Link?) -> Schema {
    switch link {
    case .element(let element)?: return schema(of: element)
    case .standard(let element)?: return Self.standard(element)
    case .reference?, nil: return .primitive(.string)
    }
  }

  private func schema(of element: ModelElement) -> Schema {
    let key = ObjectIdentifier(element)
    if let found = built[key] { return found }
    let result = Schema(.primitive(.string), id: DTMI(checked: element.id))
    built[key] = result
    pending.append((result, element))
    if !isCompleting { completePending() }
    return result
  }

  private func completePending() {
    isCompleting = true
    while let (schema, element) = pending.popLast() { schema.complete(kind(of: element)) }
    isCompleting = false
  }

  private func kind(of element: ModelElement) -> Schema.Kind {
    switch element.kind {
    case .array: return .array(schema(element.link("elementSchema")))
    case .map:
      let key = element.elements("mapKey").first
      let value = element.elements("mapValue").first
      return .map(
        MapSchema(
          keyName: key?.name ?? "key", valueName: value?.name ?? "value", value: schema(value?.link("schema"))
        ))
    case .object:
      return .object(
        ObjectSchema(
          fields: element.elements("fields").map { field in
            ObjectSchema.Field(
              name: field.name ?? "", schema: schema(field.link("schema")), displayName: field.displayName,
              isRequired: field.types.contains { $0.term == "Required" })
          }))
    case .enum:
      let members = element.elements("enumValues").map { member in
        EnumSchema.Member(
          name: member.name ?? "", value: Self.value(member.enumValue), displayName: member.displayName)
      }
      let isInteger = element.link("valueSchema")?.kind == .integer
      return .enumeration(EnumSchema(valueSchema: isInteger ? .integer : .string, members: members))
    default: return .primitive(.string)
    }
  }

  private static func value(_ literal: EnumLiteral?) -> Value {
    switch literal {
    case .integer(let value)?: .integer(value)
    case .string(let text)?: .string(text)
    case .other(let text)?: .string(text)
    case nil: .string("")
    }
  }

  /// The schema of an element of the language.
  static func standard(_ element: StandardElement) -> Schema {
    if let primitive = PrimitiveSchema(rawValue: String(describing: element.kind)) {
      return .primitive(primitive)
    }
    let name = element.id.prefix { $0 != ";" }.split(separator: ":").last.map(String.init) ?? ""
    let id = DTMI(checked: element.id)
    switch element.kind {
    case .array: return Schema(.array(.primitive(.double)), id: id)
    case .enum: return Schema(.enumeration(family(element)), id: id)
    case .object:
      if let shape = GeospatialShape(rawValue: name) { return Schema(.geospatial(shape), id: id) }
      let fields: [(String, PrimitiveSchema)] =
        switch name {
        case "scaledDecimal": [("value", .decimal), ("scale", .short)]
        case "vector": [("x", .double), ("y", .double), ("z", .double)]
        default: [("lat", .double), ("lon", .double), ("alt", .double)]
        }
      return Schema(
        .object(
          ObjectSchema(
            fields: fields.map {
              ObjectSchema.Field(
                name: $0, schema: .primitive($1), displayName: LanguageMap(), isRequired: false)
            })), id: id)
    default: return .primitive(.string)
    }
  }

  /// A family of units or prefixes as an enum of their names.
  private static func family(_ element: StandardElement) -> EnumSchema {
    var names: [String] = []
    for edition in Quantities.editions where !edition.isStandard {
      for (family, units) in Quantities.units(in: edition).merging(
        Quantities.prefixes(in: edition), uniquingKeysWith: { a, _ in a })
      where edition.familyId(family) == element.id { names = units }
    }
    return EnumSchema(
      valueSchema: .string,
      members: names.map { EnumSchema.Member(name: $0, value: .string($0), displayName: LanguageMap()) })
  }
}
