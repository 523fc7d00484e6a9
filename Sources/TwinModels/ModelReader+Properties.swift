import TwinValues

extension ModelReader {
  /// Reads every property of an element, known, added by co-types, or unknown.
  func readProperties(of element: LDElement, into result: ModelElement, _ context: ActiveContext) {
    let rules = Metamodel.rules(of: result.kind, in: context.version)
    var seen: Set<Int> = []
    var supplied: Set<String> = []
    for (name, value) in element.properties {
      if let position = rules.property(name) {
        let rule = rules.properties[position]
        guard seen.insert(position).inserted else {
          faults.add(.duplicateProperty, "\(rule.name) is given twice.", of: result, property: rule.name)
          continue
        }
        read(value, rule, into: result, context)
      } else if let id = context.dtmi(name), let property = supplement(id, of: result) {
        guard supplied.insert(id).inserted else {
          faults.add(
            .duplicateProperty, "\(property.term) is given twice.", of: result, property: property.term)
          continue
        }
        read(value, property, into: result, context)
      } else {
        checkUnknown(name, value, of: result, hasTypes: element.types != nil, context)
      }
    }
    for (position, rule) in rules.properties.enumerated() where rule.isRequired && !seen.contains(position) {
      faults.add(.missingRequired, "\(result.kind.name) needs \(rule.name).", of: result)
    }
    for type in result.types {
      for property in type.properties where !property.isOptional && !supplied.contains(property.id) {
        faults.add(.missingRequired, "\(type.term) needs \(property.term).", of: result)
      }
    }
  }

  private func supplement(_ id: String, of element: ModelElement) -> SupplementalProperty? {
    for type in element.types {
      for ancestor in SupplementalTypes.lineage(of: type) {
        if let found = ancestor.properties.first(where: { $0.id == id }) { return found }
      }
    }
    return nil
  }

  /// A property that neither the class nor a co-type defines (DTDL v3 specification, the last rules of
  /// each element, and "Model completeness").
  private func checkUnknown(
    _ name: String, _ value: JSONNode, of element: ModelElement, hasTypes: Bool, _ context: ActiveContext
  ) {
    func fault(_ rule: ModelRule, _ message: String) {
      faults.add(rule, message, in: element.model, path: element.path, at: value)
    }
    if context.version != .v2 {
      if context.dtmi(name) != nil {
        if context.isComplete {
          return fault(.irrelevantProperty, "\(element.kind.name) has no property \"\(name)\".")
        }
      } else if name.hasPrefix("dtmi:") || name.contains(":") {
        return fault(.invalidProperty, "The property \"\(name)\" is neither a valid DTMI nor a term.")
      } else if context.isComplete {
        return fault(.undefinedProperty, "No context defines the property \"\(name)\".")
      }
    }
    guard element.undefinedTypes.isEmpty else { return }
    fault(
      .unknownProperty,
      hasTypes
        ? "No type of the element allows the property \"\(name)\"."
        : "The element is a \(element.kind.name), which has no property \"\(name)\".")
  }

  private func read(
    _ node: JSONNode, _ rule: PropertyRule, into result: ModelElement, _ context: ActiveContext
  ) {
    let slot = ValueSlot(element: result, property: rule.name, isRequired: rule.isRequired)
    switch rule.value {
    case .string(let isName, let maximum):
      let pattern: TextPattern? = isName ? .name : nil
      let text = string(node, slot, maximum: maximum(context.limits), pattern: pattern, context)
      if isName { result.name = text } else { result.comment = text }
    case .text(let maximum):
      let map = languageMap(node, slot, maximum: maximum(context.limits), context)
      if rule.name == "displayName" { result.displayName = map } else { result.description = map }
    case .boolean:
      let value = boolean(node, slot, context) ?? false
      if rule.name == "writable" { result.writable = value } else { result.nullable = value }
    case .integer(let minimum, let maximum):
      let value = integer(node, slot, minimum: minimum, maximum: maximum(context.limits), context)
      if rule.name == "minMultiplicity" {
        result.minMultiplicity = value
      } else {
        result.maxMultiplicity = value
      }
    case .literal: result.enumValue = enumLiteral(node, slot, context)
    case .identifier:
      result.target = identifier(node, slot, context)
    case .elements(let rule): readElements(node, rule, slot, context)
    }
  }

  private func read(
    _ node: JSONNode, _ property: SupplementalProperty, into result: ModelElement, _ context: ActiveContext
  ) {
    let slot = ValueSlot(element: result, property: property.term, isRequired: !property.isOptional)
    switch property.value {
    case .string(let maximum, let pattern):
      result.supplements[property.id] = string(node, slot, maximum: maximum, pattern: pattern, context)
    case .integer(let minimum):
      result.supplements[property.id] =
        integer(node, slot, minimum: minimum, maximum: nil, context).map(String.init)
    case .number: result.supplements[property.id] = number(node, slot, context)
    case .duration: result.supplements[property.id] = duration(node, slot, context)
    case .identifier: result.supplements[property.id] = identifier(node, slot, context)
    case .reference(let type, let parent):
      readReferences(node, .supplement(type: type, childOf: parent), key: property.id, slot, context)
    }
  }

  /// Elements in place or by reference.
  private func readElements(
    _ node: JSONNode, _ rule: ElementRule, _ slot: ValueSlot, _ context: ActiveContext
  ) {
    let parent = slot.element
    let path = parent.path.isEmpty ? slot.property : "\(parent.path)/\(slot.property)"
    let isArray = node.kind == .array
    var count = 0
    var failed = false
    for (position, value) in node.flattened.enumerated() {
      if !rule.isPlural, count > 0 {
        faults.add(.multipleValues, "\(slot.property) takes one value.", of: parent, property: slot.property)
        return
      }
      let site = Site(
        parent: parent, property: slot.property, path: isArray ? "\(path)/\(position)" : path, rule: rule)
      guard let link = link(value, at: site, context) else {
        failed = true
        continue
      }
      count += 1
      parent.links[slot.property, default: []].append(link)
      guard case .reference(let id) = link else { continue }
      addReference(
        Reference(
          source: parent, property: slot.property, index: (parent.links[slot.property]?.count ?? 1) - 1,
          text: value.string ?? id, expectation: .rule(rule)))
    }
    if count < rule.minimum, !failed {
      faults.add(.tooFew, "\(slot.property) needs a value.", of: parent, property: slot.property)
    }
  }

  private func link(_ value: JSONNode, at site: Site, _ context: ActiveContext) -> ModelElement.Link? {
    func reference(_ text: String) -> ModelElement.Link? {
      if let id = context.dtmi(text) { return .reference(id) }
      faults.add(
        .invalidReference, "\"\(text.prefix(200))\" is neither a DTMI nor a term known here.",
        in: site.model,
        path: site.path, at: value)
      return nil
    }
    switch value.kind {
    case .string: return reference(value.string ?? "")
    case .object:
      let element = LDElement(value)
      if element.count == 1, let id = element.id {
        if isTolerant, context.version == .v2, let text = id.string { return reference(text) }
        faults.add(
          .idReference, "An object with nothing but @id is no reference.", in: site.model, path: site.path,
          at: value, advice: "Write the DTMI as a string.")
        return nil
      }
      return readElement(element, at: site, inside: context).map { .element($0) }
    default:
      faults.add(
        .notElement, "\(site.property) holds something that is neither reference nor element.",
        in: site.model,
        path: site.path, at: value)
      return nil
    }
  }

  /// References to standard elements, as co-types need them.
  private func readReferences(
    _ node: JSONNode, _ expectation: Expectation, key: String, _ slot: ValueSlot, _ context: ActiveContext
  ) {
    let values = node.flattened
    guard values.count == 1, let value = values.first else {
      if values.count > 1 || slot.isRequired {
        faults.add(
          .multipleValues, "\(slot.property) takes one value.", of: slot.element, property: slot.property)
      }
      return
    }
    guard let text = value.string, let id = context.dtmi(text) else {
      return faults.add(
        .invalidReference, "\(value.sourceText.prefix(200)) is neither a DTMI nor a term known here.",
        in: slot.element.model, path: slot.path, at: value)
    }
    slot.element.links[key] = [.reference(id)]
    addReference(
      Reference(source: slot.element, property: key, index: 0, text: text, expectation: expectation))
  }
}
