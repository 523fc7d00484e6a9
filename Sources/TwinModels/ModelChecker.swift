import TwinValues

/// Checks the rules that need elements linked: uniqueness, counts, depths, and what extensions ask of neighbours.
struct ModelChecker {
  let faults: ModelFaults
  let inheritance: Inheritance
  private var measures: ElementFold<SchemaMeasure>
  private var counts: ElementFold<Int>

  /// How deep a schema goes and whether it holds an array.
  struct SchemaMeasure {
    var depth = 0
    var holdsArray = false
  }

  init(inheritance: Inheritance, faults: ModelFaults) {
    self.inheritance = inheritance
    self.faults = faults
    measures = ElementFold(children: Self.schemas(below:), combine: Self.measure)
    counts = ElementFold(
      children: { Self.parts(of: $0, inheritance) },
      combine: { element, below in
        let own = Self.parts(of: element, inheritance).count
        return below.reduce(own) { min($0 + $1, 1 << 40) }
      })
  }

  /// Checks elements, all of them new.
  mutating func check(_ elements: [ModelElement]) {
    for interface in inheritance.cyclic {
      faults.add(
        .recursiveExtends, "The interface extends itself, directly or through others.", of: interface)
    }
    if inheritance.isTooLarge, let first = inheritance.order.first {
      return fault(
        .excessiveCount, "The interfaces have more than \(Inheritance.maximumContents) contents together.",
        first)
    }
    for element in elements {
      checkCotypeValues(of: element)
      checkNeighbours(below: element)
      switch element.kind {
      case .interface: checkInterface(element)
      case .enum: checkEnum(element)
      case .object:
        checkUnique(element, "fields", maximum: element.limits.fields)
      case .relationship: checkUnique(element, "properties", maximum: element.limits.relationshipProperties)
      case .component: checkComponent(element)
      case .property: checkProperty(element)
      default: break
      }
      if element.kind.lineage.contains(.complexSchema) { checkDepth(of: element) }
    }
    checkRecursion()
  }

  private func fault(_ rule: ModelRule, _ message: String, _ element: ModelElement, _ property: String? = nil)
  {
    faults.add(rule, message, of: element, property: property)
  }

  private mutating func checkInterface(_ element: ModelElement) {
    let limits = element.limits
    if let maximum = limits.directExtends, Set((element.links["extends"] ?? []).map(\.id)).count > maximum {
      fault(.tooMany, "An interface extends at most \(maximum) others.", element, "extends")
    }
    if let bytes = limits.interfaceBytes, (sourceLengths[element.id] ?? 0) > bytes {
      fault(.interfaceTooLarge, "The text of an interface has at most \(bytes) bytes.", element)
    }
    guard let reach = inheritance.reaches[element.id] else { return }
    for content in reach.clashes {
      let name = content.name ?? ""
      let place = content.model == element.model ? "" : " (inherited from \(content.model))"
      fault(.notUnique, "Two contents have the name \(name)\(place).", element, "contents")
    }
    if let maximum = limits.contents, reach.contents.count > maximum {
      fault(
        .tooMany, "An interface has at most \(maximum) contents, inherited ones counted.", element,
        "contents")
    }
    if reach.depth > limits.extendsDepth {
      fault(
        .excessiveDepth, "A chain of extends has at most \(limits.extendsDepth) links.", element, "extends")
    }
    if let maximum = limits.totalExtends, reach.total > maximum {
      fault(.excessiveCount, "An interface has at most \(maximum) bases in all.", element, "extends")
    }
    if let maximum = limits.interfaceElements, let count = counts(element), count > maximum {
      fault(.excessiveCount, "An interface has at most \(maximum) elements.", element)
    }
  }

  /// Bytes of each new interface's text.
  var sourceLengths: [String: Int] = [:]

  private func checkUnique(_ element: ModelElement, _ property: String, maximum: Int?) {
    let parts = element.elements(property)
    var names: Set<String> = []
    var seen: Set<String> = []
    for part in parts {
      guard seen.insert(part.id).inserted else { continue }
      if let name = part.name, !names.insert(name).inserted {
        fault(.notUnique, "Two of \(property) have the name \(name).", element, property)
      }
    }
    if let maximum, seen.count > maximum {
      fault(.tooMany, "There are at most \(maximum) of \(property).", element, property)
    }
  }

  private func checkEnum(_ element: ModelElement) {
    checkUnique(element, "enumValues", maximum: element.limits.enumValues)
    var values: Set<EnumLiteral> = []
    let wanted = element.link("valueSchema")?.kind
    for (position, part) in element.elements("enumValues").enumerated() {
      guard let value = part.enumValue else { continue }
      if !values.insert(value).inserted {
        fault(.notUnique, "Two enum values have the same value.", element, "enumValues/\(position)")
      }
      let fits =
        switch (wanted, value) {
        case (.integer?, .integer), (.string?, .string), (nil, _): true
        default: false
        }
      if !fits {
        fault(
          .invalidEnumValue, "The value is not of the enum's valueSchema.", element, "enumValues/\(position)"
        )
      }
    }
  }

  private func checkComponent(_ element: ModelElement) {
    guard case .element(let interface)? = element.link("schema") else { return }
    let contents = inheritance.reaches[interface.id]?.contents ?? interface.elements("contents")
    if contents.contains(where: { $0.kind == .component }) {
      fault(
        .nestedComponent, "The interface of a component has components itself: \(interface.id).", element,
        "schema")
    }
  }

  private mutating func checkProperty(_ element: ModelElement) {
    guard element.version == .v2, let link = element.link("schema") else { return }
    let holdsArray =
      switch link {
      case .element(let schema): measures(schema)?.holdsArray ?? false
      case .standard(let schema): schema.holdsArray
      case .reference: false
      }
    if holdsArray {
      fault(.arrayNotAllowed, "A Property of DTDL v2 can't hold an array.", element, "schema")
    }
  }

  private mutating func checkDepth(of element: ModelElement) {
    guard let measure = measures(element), measure.depth > element.limits.schemaDepth else { return }
    fault(.excessiveDepth, "Schemas nest at most \(element.limits.schemaDepth) deep.", element)
  }

  private func checkRecursion() {
    var seen: Set<String> = []
    for element in measures.recursive where element.version < .v4 && seen.insert(element.id).inserted {
      fault(.recursiveSchema, "A schema holds itself, directly or through others.", element)
    }
  }
}

extension ModelChecker {
  /// The schemas one level below a complex schema, as links.
  private static func schemaLinks(below element: ModelElement) -> [ModelElement.Link] {
    switch element.kind {
    case .array: element.links["elementSchema"] ?? []
    case .object: element.elements("fields").flatMap { $0.links["schema"] ?? [] }
    case .map:
      (element.elements("mapKey") + element.elements("mapValue")).flatMap { $0.links["schema"] ?? [] }
    default: []
    }
  }

  private static func schemas(below element: ModelElement) -> [ModelElement] {
    schemaLinks(below: element).compactMap { if case .element(let schema) = $0 { schema } else { nil } }
  }

  private static func measure(_ element: ModelElement, _ below: [SchemaMeasure]) -> SchemaMeasure {
    var result = SchemaMeasure(holdsArray: element.kind == .array)
    for link in schemaLinks(below: element) {
      result.depth = max(result.depth, 1)
      guard case .standard(let schema) = link else { continue }
      result.depth = max(result.depth, schema.depth + 1)
      if schema.holdsArray { result.holdsArray = true }
    }
    for measure in below {
      result.depth = max(result.depth, measure.depth + 1)
      if measure.holdsArray { result.holdsArray = true }
    }
    return result
  }

  /// What the count of an interface's elements goes through (DTDL v4 reference, "Interface").
  private static func parts(of element: ModelElement, _ inheritance: Inheritance) -> [ModelElement] {
    if element.kind == .interface {
      return inheritance.reaches[element.id]?.contents ?? element.elements("contents")
    }
    let names = [
      "fields", "enumValues", "request", "response", "properties", "schema", "elementSchema", "mapValue",
    ]
    return names.flatMap { element.elements($0) }
  }
}
