import TwinValues

extension ModelReader {
  /// The id of an element: its own, or one made from its parent's (DTDL v4 reference, "Automatic Identifier
  /// Assignment").
  func identifier(of element: LDElement, at site: Site, _ context: ActiveContext) -> String? {
    func fault(_ rule: ModelRule, _ message: String, advice: String? = nil) -> String? {
      faults.add(
        rule, message, in: site.model, path: site.path, at: element.id ?? element.node, advice: advice)
      return nil
    }
    guard let node = element.id else {
      guard !site.rule.requiresId, let parent = site.parent else {
        return fault(.missingId, "An element of \(site.property) has no @id, which it needs.")
      }
      return generated(for: element, under: parent, at: site, context)
    }
    guard let id = node.string, !id.isEmpty else { return fault(.idNotString, "An @id is no string.") }
    guard id.utf16.count <= context.limits.identifierLength else {
      return fault(.idTooLong, "An @id is longer than \(context.limits.identifierLength) characters.")
    }
    guard DTMI.isValid(id, syntax: context.version.syntax) else {
      return fault(
        .invalidId, "\"\(id.prefix(200))\" is not a DTMI as DTDL v\(context.version.rawValue) allows.",
        advice: "Write it like dtmi:com:example:Thermostat;1.")
    }
    if context.isReserved(id), !(isTolerant && context.version == .v2) {
      return fault(.reservedId, "\(id) starts with a prefix that models may not define.")
    }
    return id
  }

  private func generated(
    for element: LDElement, under parent: ModelElement, at site: Site, _ context: ActiveContext
  ) -> String? {
    var tail = ":_" + site.property.prefix { $0 != ";" }
    if let segment = site.rule.segment {
      let id = "dtmi:dtdl:property:\(segment);\(context.version.rawValue)"
      guard let property = element.properties.first(where: { $0.name == segment || $0.name == id }) else {
        faults.add(
          .missingRequired, "An element of \(site.property) has no \(segment).", in: site.model,
          path: site.path,
          at: element.node)
        return nil
      }
      guard let text = Self.segmentText(property.value) else {
        faults.add(
          .invalidName, "The \(segment) of an element of \(site.property) is neither string nor number.",
          in: site.model, path: site.path, at: property.value)
        return nil
      }
      tail += ":__" + text
    }
    guard let version = parent.id.firstIndex(of: ";") else { return parent.id + tail }
    return parent.id[..<version] + tail + parent.id[version...]
  }

  /// The single scalar of a property as text, a value object opened.
  private static func segmentText(_ node: JSONNode) -> String? {
    let values = node.flattened
    guard values.count == 1, var value = values.first else { return nil }
    if value.kind == .object {
      guard let inner = LDElement(value).value else { return nil }
      value = inner
    }
    switch value.kind {
    case .string: return value.string
    case .integer, .number: return value.sourceText
    default: return nil
    }
  }
}

extension ModelReader {
  /// What `@type` says.
  struct Types {
    let kind: MaterialClass
    var supplemental: [SupplementalType] = []
    var undefined: [String] = []
  }

  /// Reads `@type` (DTDL v3 specification, "DTDL element"); `nil` when the element can't be what its site needs.
  func readTypes(of element: LDElement, id: String, at site: Site, _ context: ActiveContext) -> Types? {
    func fault(_ rule: ModelRule, _ message: String, advice: String? = nil) {
      faults.add(
        rule, message, in: site.model ?? id, path: site.path, at: element.types ?? element.node,
        advice: advice)
    }
    guard let names = element.typeNames ?? site.rule.inferred.map({ [$0.name] }) else {
      fault(
        .missingType, "An element of \(site.property) has no @type; it may be: \(site.rule.definable.names)."
      )
      return nil
    }
    var kinds: [MaterialClass] = []
    var supplemental: [SupplementalType] = []
    var undefined: [String] = []
    var failed = false
    for name in names {
      switch classify(name, at: site, context) {
      case .material(let kind): if !kinds.contains(kind) { kinds.append(kind) }
      case .supplemental(let type):
        if !supplemental.contains(where: { $0.id == type.id }) { supplemental.append(type) }
      case .undefined(let name): undefined.append(name)
      case .fault(let rule, let message):
        fault(rule, message)
        failed = true
      }
    }
    guard let kind = kinds.first, !failed else {
      if !failed { fault(.invalidType, "An element has no type of: \(site.rule.definable.names).") }
      return nil
    }
    guard kinds.count == 1 else {
      fault(.multipleTypes, "An element is \(kinds.map(\.name).joined(separator: " and ")) at once.")
      return nil
    }
    if kind == .interface, id.utf16.count > context.limits.interfaceIdentifierLength {
      fault(
        .idTooLong,
        "The @id of an Interface is longer than \(context.limits.interfaceIdentifierLength) characters.")
    }
    return Types(kind: kind, supplemental: supplemental, undefined: undefined)
  }

  private enum TypeMeaning {
    case material(MaterialClass)
    case supplemental(SupplementalType)
    case undefined(String)
    case fault(ModelRule, String)
  }

  private func classify(_ name: String?, at site: Site, _ context: ActiveContext) -> TypeMeaning {
    guard let name else { return .fault(.typeNotString, "A type is no string.") }
    if let kind = MaterialClass(typeName: name) {
      let isHere =
        site.rule.definable.contains(kind) && (name == kind.name || name == kind.id(in: context.version))
      return isHere
        ? .material(kind)
        : .fault(.invalidType, "\(name) can't stand here; it may be: \(site.rule.definable.names).")
    }
    guard let id = context.dtmi(name) else {
      if name.hasPrefix("dtmi:") { return .fault(.invalidType, "The type \"\(name)\" is not a valid DTMI.") }
      if context.version == .v2 { return .undefined(name) }
      if name.contains(":") { return .fault(.invalidType, "The type \"\(name)\" is neither DTMI nor term.") }
      return context.isComplete
        ? .fault(.undefinedType, "No context defines the type \"\(name)\".") : .undefined(name)
    }
    guard let type = SupplementalTypes.byId[id] else {
      return context.isComplete
        ? .fault(.irrelevantType, "\"\(name)\" is not a type that can stand here.") : .undefined(name)
    }
    if type.isAbstract { return .fault(.abstractType, "The type \"\(name)\" is abstract.") }
    if type.kind == .unit { return .fault(.invalidType, "\"\(name)\" is a class of units, no co-type.") }
    return .supplemental(type)
  }

  /// Whether co-types fit the class and each other.
  func checkCotypes(of element: ModelElement) {
    var owners: [String: String] = [:]
    for type in element.types {
      let hasAlternative = type.alternatives.contains { element.has(type: $0) }
      if !hasAlternative, !type.hosts.contains(element.kind) {
        faults.add(
          .invalidCotype, "\(type.term) can't stand beside \(element.kind.name), only: \(type.hosts.names).",
          of: element)
      } else if !hasAlternative, !type.versions.contains(element.version) {
        faults.add(
          .invalidCotypeVersion,
          "\(type.term) can't stand on an element of DTDL v\(element.version.rawValue).",
          of: element)
      }
      for required in type.requires where !element.has(type: required) {
        faults.add(.missingCotype, "\(type.term) needs the co-type \(required).", of: element)
      }
      for excluded in type.excludes where element.has(type: excluded) {
        faults.add(.excludedCotype, "\(type.term) can't stand beside \(excluded).", of: element)
      }
      for property in type.properties {
        if let owner = owners[property.id] {
          faults.add(
            .conflictingCotypes, "\(type.term) and \(owner) both define \(property.term).", of: element,
            advice: "Leave one of them out.")
        }
        owners[property.id] = type.term
      }
    }
  }
}
