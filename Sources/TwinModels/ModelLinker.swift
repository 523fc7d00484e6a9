import TwinValues

/// Follows references once every document is read.
///
/// An element may refer to interfaces, to elements of its own interface and to elements of the language
/// (DTDL v3 specification, "Partitions and referenceability").
struct ModelLinker {
  let reader: ModelReader
  let faults: ModelFaults
  /// The interface of a DTMI in the set that is added to.
  let existing: (String) -> ModelElement?

  /// Ids that no element has, in the order they were met.
  func missing() -> [String] {
    var seen: Set<String> = []
    var found: [String] = []
    for reference in reader.references {
      guard case .reference(let id)? = link(reference), find(id) == nil, isUserId(id, reference) else {
        continue
      }
      if seen.insert(id).inserted { found.append(id) }
    }
    return found
  }

  /// Whether an id could be defined by a document: written as a DTMI, without a reserved prefix.
  private func isUserId(_ id: String, _ reference: ModelReader.Reference) -> Bool {
    reference.text.hasPrefix("dtmi:") && !Vocabularies.allReserved.contains { id.hasPrefix($0) }
  }

  private func link(_ reference: ModelReader.Reference) -> ModelElement.Link? {
    let links = reference.source.links[reference.property] ?? []
    return links.indices.contains(reference.index) ? links[reference.index] : nil
  }

  private func find(_ id: String) -> ModelElement.Link? {
    if let element = reader.elements[id] ?? existing(id) { return .element(element) }
    return StandardElements.element(id).map { .standard($0) }
  }

  /// Links every reference and reports those that lead nowhere, or where they may not.
  func link() {
    for reference in reader.references {
      guard case .reference(let id)? = link(reference) else { continue }
      let source = reference.source
      let term = reference.property.split(separator: ":").last.map(String.init) ?? reference.property
      guard let found = find(id) else {
        faults.add(
          .unresolvedReference,
          isUserId(id, reference)
            ? "\(term) refers to \(id), which is neither among these models nor in the set."
            : "\(term) refers to \"\(reference.text)\", which is nothing that can stand there.",
          of: source, property: term,
          advice: isUserId(id, reference) ? "Add that model in the same request, or before." : nil)
        continue
      }
      check(found, reference, term: term)
      source.links[reference.property]?[reference.index] = found
    }
  }

  private func check(_ found: ModelElement.Link, _ reference: ModelReader.Reference, term: String) {
    let source = reference.source
    if case .element(let element) = found, element.kind != .interface, element.model != source.model {
      faults.add(
        .referenceIntoOtherModel, "\(term) refers to \(element.id), which is inside \(element.model).",
        of: source, property: term, advice: "Refer to interfaces, or define the element in this one.")
    }
    switch reference.expectation {
    case .rule(let rule):
      guard let kind = found.kind, rule.classes.contains(kind) else {
        return faults.add(
          .invalidType, "\(term) refers to \(reference.text), which is none of: \(rule.classes.names).",
          of: source, property: term)
      }
      if let values = rule.values, !values.contains(found.id) {
        faults.add(
          .invalidValue, "\(term) can't be \(reference.text).", of: source, property: term)
      }
      if let version = found.version, !rule.versions.contains(version) {
        faults.add(
          .versionNotAllowed, "\(term) refers to \(reference.text), which is of DTDL v\(version.rawValue).",
          of: source, property: term)
      }
    case .supplement(let type, let parent):
      var fits = found.is(type)
      if let parent, case .standard(let element) = found { fits = fits && element.parent == parent }
      if parent != nil, case .element = found { fits = false }
      if !fits {
        faults.add(.invalidValue, "\(term) can't be \(reference.text).", of: source, property: term)
      }
    }
  }
}
