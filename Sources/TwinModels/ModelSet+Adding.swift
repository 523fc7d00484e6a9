public import TwinValues

extension ModelSet {
  /// Finds the documents of models that others refer to: gets their DTMIs, gives JSON texts, or `nil` when it
  /// has none.
  public typealias Resolver = ([DTMI]) -> [[UInt8]]?

  /// The set with the models of some documents: JSON texts, each an interface or an array of interfaces.
  ///
  /// It is all or nothing. Models may refer to each other and to those in the set; what is in neither is an error,
  /// unless `resolver` has it.
  /// - Throws: `NuriError` with code `invalidJSON`, or `invalidModel`, which sums up what `faults(adding:)` lists.
  public func adding(
    _ documents: [[UInt8]], options: ModelOptions = ModelOptions(), resolver: Resolver? = nil
  ) throws(NuriError) -> ModelSet {
    var batch = ModelBatch(set: self, options: options)
    try batch.read(documents, resolver: resolver)
    if let error = batch.faults.summary { throw error }
    return batch.result()
  }

  /// The set with the models of some documents that are parsed already.
  /// - Throws: `NuriError` with code `invalidModel`, which sums up what `faults(adding:)` lists.
  public func adding(
    _ documents: [JSONDocument], options: ModelOptions = ModelOptions()
  ) throws(NuriError) -> ModelSet {
    var batch = ModelBatch(set: self, options: options)
    try batch.read(documents, resolver: nil)
    if let error = batch.faults.summary { throw error }
    return batch.result()
  }

  /// Everything wrong with some documents, at most 100 faults; nothing when they could be added.
  /// - Throws: `NuriError` with code `invalidJSON` when a text is no JSON.
  public func faults(
    adding documents: [[UInt8]], options: ModelOptions = ModelOptions(), resolver: Resolver? = nil
  ) throws(NuriError) -> [ModelError] {
    var batch = ModelBatch(set: self, options: options)
    try batch.read(documents, resolver: resolver)
    batch.discard()
    return batch.faults.errors
  }
}

/// Documents on their way into a set.
private struct ModelBatch {
  let set: ModelSet
  let faults = ModelFaults()
  private let options: ModelOptions
  private let reader: ModelReader
  private var inheritance = Inheritance([])

  init(set: ModelSet, options: ModelOptions) {
    self.set = set
    self.options = options
    reader = ModelReader(options: options, faults: faults) { set.defined.contains($0) }
  }

  private var linker: ModelLinker {
    ModelLinker(reader: reader, faults: faults) { [set] in set.entries[DTMI(checked: $0)]?.element }
  }

  mutating func read(_ documents: [[UInt8]], resolver: ModelSet.Resolver?) throws(NuriError) {
    try read(parse(documents), resolver: resolver)
  }

  private func parse(_ documents: [[UInt8]]) throws(NuriError) -> [JSONDocument] {
    var parsed: [JSONDocument] = []
    for (index, bytes) in documents.enumerated() {
      do throws(NuriError) {
        parsed.append(try JSONDocument(bytes, limits: options.json))
      } catch {
        throw documents.count > 1 ? error.inside("document \(index)") : error
      }
    }
    return parsed
  }

  mutating func read(_ documents: [JSONDocument], resolver: ModelSet.Resolver?) throws(NuriError) {
    defer { if faults.count > 0 { reader.dismantle() } }
    reader.isTolerant = options.toleratesSolecisms
    for document in documents { reader.read(document) }
    guard faults.count == 0 else { return }
    if let resolver { try resolve(resolver) }
    guard faults.count == 0 else { return }
    linker.link()
    guard faults.count == 0 else { return }
    inheritance = Inheritance(reader.order.filter { $0.kind == .interface })
    var checker = ModelChecker(inheritance: inheritance, faults: faults)
    for (id, source) in reader.sources { checker.sourceLengths[id] = source.length }
    checker.check(reader.order)
  }

  /// Gives up the models that were read.
  func discard() { reader.dismantle() }

  /// Asks for what is missing until nothing is, or until an answer brings nothing new.
  private func resolve(_ resolver: ModelSet.Resolver) throws(NuriError) {
    reader.isTolerant = options.toleratesSolecismsInResolved
    while faults.count == 0 {
      let missing = linker.missing()
      guard !missing.isEmpty, let answer = resolver(missing.map { DTMI(checked: $0) }) else { return }
      for document in try parse(answer) { reader.read(document) }
      guard missing.allSatisfy({ reader.elements[$0] != nil }) else { return }
    }
  }

  /// The set with the documents' models; only when there are no faults.
  func result() -> ModelSet {
    var result = set
    let table = InterfaceContents.Table(set: set)
    var defines: [String: [String]] = [:]
    for element in reader.order { defines[element.model, default: []].append(element.id) }
    for element in dependencyOrder() {
      guard let reach = inheritance.reaches[element.id] else { continue }
      let interface = Interface(
        element, source: reader.text(of: element.id), allBases: reach.bases.map { DTMI(checked: $0.id) },
        contents: InterfaceContents(reach.contents, schemas: element.links["schemas"] ?? [], table))
      let dependencies = Self.needs(of: element).map { DTMI(checked: $0.id) }
      let own = defines[element.id] ?? []
      result.entries[interface.id] = ModelSet.Entry(
        interface: interface, element: element, dependencies: dependencies, defines: own)
      result.defined.formUnion(own)
      result.ids.append(interface.id)
      for dependency in dependencies { result.dependents[dependency, default: []].append(interface.id) }
    }
    return result
  }

  /// What an interface needs directly, each once.
  private static func needs(of element: ModelElement) -> [ModelElement] {
    let components = element.elements("contents").flatMap {
      $0.kind == .component ? $0.elements("schema") : []
    }
    var seen: Set<String> = []
    return (Inheritance.bases(of: element) + components).filter { seen.insert($0.id).inserted }
  }

  /// The new interfaces, each after those it needs.
  private func dependencyOrder() -> [ModelElement] {
    let new = reader.order.filter { $0.kind == .interface }
    var placed: Set<String> = []
    var entered: Set<String> = []
    var order: [ModelElement] = []
    for root in new {
      var stack = [root]
      while let top = stack.last {
        if placed.contains(top.id) {
          stack.removeLast()
        } else if entered.insert(top.id).inserted {
          stack += Self.needs(of: top).filter { reader.elements[$0.id] != nil && !placed.contains($0.id) }
        } else {
          placed.insert(top.id)
          order.append(top)
          stack.removeLast()
        }
      }
    }
    return order
  }
}
