import TwinValues

extension ModelChecker {
  /// What the co-types of an element ask of its own properties.
  func checkCotypeValues(of element: ModelElement) {
    for type in element.types {
      for ancestor in SupplementalTypes.lineage(of: type) {
        for constraint in ancestor.constraints { check(constraint, type.term, element) }
      }
      for property in type.properties {
        if let slot = property.conformsTo, let text = element.supplements[property.id],
          case .standard(let standard)? = element.link(slot),
          !Self.conforms(text, to: SchemaBuilder.standard(standard))
        {
          faults.add(
            .nonConformingValue, "\(property.term) is no value of the element's \(slot).", of: element,
            property: property.term)
        }
      }
    }
  }

  private static func conforms(_ text: String, to schema: Schema) -> Bool {
    guard let document = try? JSONDocument(text) else { return false }
    return (try? schema.value(from: document.root, at: "")) != nil
  }

  private func check(_ constraint: ValueConstraint, _ term: String, _ element: ModelElement) {
    for link in element.links[constraint.property] ?? [] {
      if !constraint.types.isEmpty, !constraint.types.contains(where: { link.is($0) }) {
        faults.add(
          .invalidCotypeValue, "\(term) does not allow such a \(constraint.property).", of: element,
          property: constraint.property)
      }
      if !constraint.values.isEmpty, !constraint.values.contains(link.id) {
        faults.add(
          .invalidCotypeValue, "\(term) does not allow this \(constraint.property).", of: element,
          property: constraint.property)
      }
    }
  }

  /// What co-types of the elements that an element holds ask of it and of each other.
  func checkNeighbours(below parent: ModelElement) {
    for property in ["contents", "fields", "enumValues", "properties"] {
      let isContents = property == "contents"
      let children =
        isContents
        ? inheritance.reaches[parent.id]?.contents ?? parent.elements(property) : parent.elements(property)
      guard children.contains(where: { !$0.types.isEmpty }) else { continue }
      var references: Set<String> = []
      var unique: Set<String> = []
      for child in children {
        for type in child.types {
          for constraint in type.parents where constraint.property == property {
            check(constraint, type, child, parent, children)
          }
          for constraint in type.siblings where isContents {
            check(constraint, type, child, parent, children, &references)
          }
          checkUnique(type, child, parent, &unique)
          if isContents { checkOverride(type, child, children) }
        }
      }
    }
  }

  private func checkUnique(
    _ type: SupplementalType, _ child: ModelElement, _ parent: ModelElement, _ seen: inout Set<String>
  ) {
    for property in type.properties where property.isUnique {
      guard let value = child.supplements[property.id] else { continue }
      if !seen.insert("\(property.id)=\(value)").inserted {
        faults.add(.notUnique, "Two elements have the \(property.term) \(value).", of: parent)
      }
    }
  }

  private func check(
    _ constraint: ParentConstraint, _ type: SupplementalType, _ child: ModelElement, _ parent: ModelElement,
    _ children: [ModelElement]
  ) {
    if !constraint.types.contains(where: { parent.has(type: $0) }) {
      faults.add(.missingParentCotype, "\(type.term) needs a co-type on the element around it.", of: child)
    }
    if let other = constraint.noOther, children.contains(where: { $0 !== child && $0.has(type: other) }) {
      faults.add(.duplicateCotype, "Only one element there may be \(type.term).", of: child)
    }
    if let other = constraint.someOther, !children.contains(where: { $0 !== child && $0.has(type: other) }) {
      faults.add(
        .missingSiblingCotype, "\(type.term) needs another element with the co-type \(other).", of: child)
    }
  }

  private func check(
    _ constraint: SiblingConstraint, _ type: SupplementalType, _ child: ModelElement, _ parent: ModelElement,
    _ children: [ModelElement], _ references: inout Set<String>
  ) {
    guard let key = child.supplements[constraint.keyReference],
      let sibling = children.first(where: { $0.name == key })
    else { return }
    let link = ModelElement.Link.element(sibling)
    if let unique = constraint.uniqueWith, let value = child.supplements[unique],
      !references.insert("\(key)\u{0}\(value)").inserted
    {
      faults.add(.duplicateReference, "Two elements are \(type.term) of the same thing, \(key).", of: parent)
    }
    if !constraint.types.isEmpty, !constraint.types.contains(where: { link.is($0) }) {
      faults.add(.invalidSibling, "\(key) is of a kind that \(type.term) can't refer to.", of: child)
    }
    if let excluded = constraint.excludedType, sibling.has(type: excluded) {
      faults.add(.invalidSibling, "\(key) is \(type.term) itself.", of: child)
    }
    if let path = constraint.path, let property = child.supplements[path] {
      let hasIt = sibling.types.contains { type in
        SupplementalTypes.lineage(of: type).contains { $0.properties.contains { $0.id == property } }
      }
      if !hasIt { faults.add(.invalidSibling, "\(key) has no \(property) from a co-type.", of: child) }
    }
  }

  /// An override's schema is the family that the overridden property takes its values from.
  private func checkOverride(
    _ type: SupplementalType, _ child: ModelElement, _ children: [ModelElement]
  ) {
    for constraint in type.constraints {
      guard let (keyReference, path) = constraint.siblingParent, let key = child.supplements[keyReference],
        let sibling = children.first(where: { $0.name == key }), let property = child.supplements[path]
      else { continue }
      for target in sibling.types.flatMap(\.properties) where target.id == property {
        guard case .reference(_, let family) = target.value, let family else { continue }
        if child.link(constraint.property)?.id != family {
          faults.add(
            .invalidOverride,
            "The \(constraint.property) must be that of the overridden property, \(family).",
            of: child, property: constraint.property)
        }
      }
    }
  }
}
