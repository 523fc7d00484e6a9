import TwinValues

/// Reads documents into elements, one rule of the metamodel after another.
///
/// Recursion follows the nesting of the JSON, which `JSONLimits.maximumDepth` bounds.
final class ModelReader {
  /// Where an element stands.
  struct Site {
    var parent: ModelElement?
    var property = ""
    var path = ""
    let rule: ElementRule

    /// The interface around the site.
    var model: String? { parent?.model }
  }

  /// A reference to be followed once all documents are read.
  struct Reference {
    let source: ModelElement
    let property: String
    let index: Int
    /// What the author wrote: a DTMI or a term.
    let text: String
    let expectation: Expectation
  }

  /// What a reference must lead to.
  enum Expectation {
    case rule(ElementRule)
    case supplement(type: TypeName, childOf: String?)
  }

  /// The text of an interface, with those defined inside it to be cut out.
  struct Source {
    let node: JSONNode
    /// The context in force where the interface has none of its own.
    let context: JSONNode?
    var nested: [(node: JSONNode, id: String)] = []

    /// The bytes of the text without what is cut out.
    var length: Int { node.sourceLength - nested.reduce(0) { $0 + $1.node.sourceLength } }
  }

  let options: ModelOptions
  let faults: ModelFaults
  /// Whether an id is defined in the set that the documents are added to.
  private let isDefined: (String) -> Bool
  private(set) var elements: [String: ModelElement] = [:]
  /// Elements in the order they were read.
  private(set) var order: [ModelElement] = []
  private(set) var references: [Reference] = []
  private(set) var sources: [String: Source] = [:]
  private var rootContext: JSONNode?
  /// Whether documents being read may have the faults that `ModelOptions.toleratesSolecisms` names.
  var isTolerant = false

  init(options: ModelOptions, faults: ModelFaults, isDefined: @escaping (String) -> Bool) {
    self.options = options
    self.faults = faults
    self.isDefined = isDefined
  }

  /// Reads one document: an interface, or an array of them.
  func read(_ document: JSONDocument) {
    faults.documents.append(document)
    for node in document.root.flattened { readRoot(node) }
  }

  private func readRoot(_ node: JSONNode) {
    guard node.kind == .object else {
      return faults.add(.notObject, "A document holds something that is no JSON object.", in: nil, at: node)
    }
    let element = LDElement(node)
    let site = Site(rule: Metamodel.root)
    guard let context = context(of: element, inside: nil, site) else { return }
    let id = element.id?.string
    if let graph = element.graph {
      return faults.add(.graphNotAllowed, "A document has @graph.", in: id, at: graph)
    }
    guard element.id != nil else {
      return faults.add(.missingId, "A document has no @id.", in: nil, at: node)
    }
    let allowed = ["Interface", MaterialClass.interface.id(in: context.version)]
    guard let names = element.typeNames, names.contains(where: { allowed.contains($0 ?? "") }) else {
      return faults.add(
        .notInterface, "A document is not an Interface.", in: id, at: element.types ?? node,
        advice: "Define other elements inside an Interface.")
    }
    rootContext = element.context
    _ = readElement(element, at: site, inside: context)
  }

  func context(of element: LDElement, inside outer: ActiveContext?, _ site: Site) -> ActiveContext? {
    do throws(ContextFault) {
      return try ActiveContext.of(element, inside: outer, options)
    } catch {
      faults.add(
        error.rule, error.message, in: site.model ?? element.id?.string, path: site.path,
        at: element.context ?? element.node)
      return nil
    }
  }

  /// Reads an element that stands at a site; `nil` when it can't be one.
  func readElement(_ element: LDElement, at site: Site, inside outer: ActiveContext) -> ModelElement? {
    guard let context = context(of: element, inside: outer, site) else { return nil }
    checkShape(element, at: site, context)
    guard let id = identifier(of: element, at: site, context),
      isNew(id, element, at: site, context),
      let types = readTypes(of: element, id: id, at: site, context)
    else { return nil }
    let result = ModelElement(
      id: id, kind: types.kind, context: context, model: site.model, path: site.path,
      document: faults.documents.count - 1, offset: element.node.byteOffset)
    result.types = types.supplemental
    result.undefinedTypes = types.undefined
    elements[id] = result
    order.append(result)
    if types.kind == .interface { noteSource(id, element, at: site) }
    checkCotypes(of: result)
    readProperties(of: element, into: result, context)
    return result
  }

  private func noteSource(_ id: String, _ element: LDElement, at site: Site) {
    sources[id] = Source(node: element.node, context: element.context == nil ? rootContext : nil)
    if let model = site.model { sources[model]?.nested.append((element.node, id)) }
  }

  /// Takes links apart, so that elements which refer to each other in long chains or in circles are freed one by
  /// one. Only for elements that no set will hold.
  func dismantle() {
    for element in order { element.links = [:] }
  }

  func addReference(_ reference: Reference) { references.append(reference) }

  /// Faults that any element can have, whatever its class.
  private func checkShape(_ element: LDElement, at site: Site, _ context: ActiveContext) {
    if let graph = element.graph {
      faults.add(.graphNotAllowed, "An element has @graph.", in: site.model, path: site.path, at: graph)
    }
    if context.version.restrictsKeywords {
      for keyword in element.strayKeywords {
        faults.add(
          .keywordNotAllowed, "An element has the keyword \(keyword).", in: site.model, path: site.path,
          at: element.node)
      }
    }
    if !site.rule.versions.contains(context.version) {
      faults.add(
        .versionNotAllowed,
        "An element of DTDL v\(context.version.rawValue) stands where only "
          + site.rule.versions.map { "v\($0.rawValue)" }.joined(separator: ", ") + " may.",
        in: site.model, path: site.path, at: element.node)
    }
  }

  private func isNew(_ id: String, _ element: LDElement, at site: Site, _ context: ActiveContext) -> Bool {
    if isDefined(id) {
      faults.add(
        .alreadyDefined, "\(id) is in the set already.", in: site.model ?? id, path: site.path,
        at: element.node,
        advice: "Give a changed model a new version.")
      return false
    }
    guard elements[id] != nil else { return true }
    if !id.contains(":_") {
      faults.add(
        .duplicateId, "\(id) is defined more than once.", in: site.model ?? id, path: site.path,
        at: element.node)
    } else if let segment = site.rule.segment, !(isTolerant && context.version == .v2) {
      faults.add(
        .notUnique, "Two elements of \(site.property) have the same \(segment).", in: site.model,
        path: site.path, at: element.node)
    }
    return false
  }
}
