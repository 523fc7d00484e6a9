public import TwinValues

/// A set of resolved models: an immutable value that is cheap to copy.
///
/// Every model in a set has everything it needs in the set. Adding and removing give new sets; the old one stays
/// as it was. Sets may be shared between threads.
public struct ModelSet: Sendable {
  /// A model with what is needed to resolve others against it.
  struct Entry: Sendable {
    let interface: Interface
    let element: ModelElement
    /// Models it can't do without: those it extends and those of its components.
    let dependencies: [DTMI]
    /// Ids that its text defines, itself included.
    let defines: [String]
  }

  var entries: [DTMI: Entry] = [:]
  var dependents: [DTMI: [DTMI]] = [:]
  var defined: Set<String> = []
  /// Every model, each after those it depends on.
  public internal(set) var ids: [DTMI] = []

  init() {}

  /// The set without models.
  public static let empty = ModelSet()

  /// How many models there are.
  public var count: Int { ids.count }

  /// The model with an identifier.
  public subscript(id: DTMI) -> Interface? { entries[id]?.interface }

  /// The models, each after those it depends on.
  public var interfaces: [Interface] { ids.compactMap { entries[$0]?.interface } }

  /// The models that a model needs directly: those it extends and those of its components.
  public func dependencies(of id: DTMI) -> [DTMI] { entries[id]?.dependencies ?? [] }

  /// The models that need a model directly.
  public func dependents(of id: DTMI) -> [DTMI] { dependents[id] ?? [] }

  /// Whether `a` is `b` or extends it, directly or through others.
  public func isSubtype(_ a: DTMI, of b: DTMI) -> Bool { entries[a]?.interface.isA(b) ?? false }

  /// The model and all that extend it, directly or through others, in dependency order. Nothing when the model
  /// is not in the set.
  public func subtypes(of id: DTMI) -> [DTMI] {
    guard entries[id] != nil else { return [] }
    return ids.filter { isSubtype($0, of: id) }
  }

  /// The set without a model.
  /// - Throws: `NuriError` with code `modelNotFound`, or `modelInUse` naming the models that need it.
  public func removing(_ id: DTMI) throws(NuriError) -> ModelSet {
    guard let entry = entries[id] else {
      throw NuriError(.modelNotFound, "There is no model \(id).")
    }
    let users = dependents(of: id)
    guard users.isEmpty else {
      let names = users.prefix(10).map(\.text).joined(separator: ", ")
      throw NuriError(
        .modelInUse, "The model \(id) is needed by \(names)\(users.count > 10 ? " and others" : "").",
        advice: "Remove those first.")
    }
    var result = self
    result.entries[id] = nil
    result.dependents[id] = nil
    result.defined.subtract(entry.defines)
    result.ids.removeAll { $0 == id }
    for dependency in entry.dependencies { result.dependents[dependency]?.removeAll { $0 == id } }
    return result
  }
}
