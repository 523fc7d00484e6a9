import TwinValues

/// One element of a model as read: its class, co-types, literals and links to other elements.
///
/// `ModelReader` and `ModelLinker` fill it while they alone hold it; after that nobody writes to it, and it is
/// shared by every `ModelSet` that contains its model.
final class ModelElement: @unchecked Sendable {
  /// What a property of an element holds.
  enum Link {
    /// Another element of a model.
    case element(ModelElement)
    /// An element of the language.
    case standard(StandardElement)
    /// The DTMI of an element still to be found.
    case reference(String)
  }

  let id: String
  let kind: MaterialClass
  let version: DTDLVersion
  let limits: DTDLLimits
  /// The interface that the element is part of; for an interface, itself.
  let model: String
  let path: String
  /// The document it stands in, as an index into its batch, and the byte where it starts there.
  let document: Int
  let offset: Int

  var types: [SupplementalType] = []
  var undefinedTypes: [String] = []
  var comment: String?
  var displayName = LanguageMap()
  var description = LanguageMap()
  var name: String?
  var writable = false
  var nullable = false
  var minMultiplicity: Int?
  var maxMultiplicity: Int?
  var enumValue: EnumLiteral?
  var target: String?
  /// Values of properties that co-types add, by DTMI.
  var supplements: [String: String] = [:]
  /// Links by property: a name of the metamodel, or the DTMI of a co-type's property.
  var links: [String: [Link]] = [:]

  init(
    id: String, kind: MaterialClass, context: ActiveContext, model: String?, path: String, document: Int,
    offset: Int
  ) {
    self.id = id
    self.kind = kind
    version = context.version
    limits = context.limits
    self.model = kind == .interface ? id : model ?? id
    self.path = kind == .interface ? "" : path
    self.document = document
    self.offset = offset
  }

  /// The elements that a property holds, without standard ones.
  func elements(_ property: String) -> [ModelElement] {
    (links[property] ?? []).compactMap { if case .element(let element) = $0 { element } else { nil } }
  }

  /// The one thing a property holds.
  func link(_ property: String) -> Link? { links[property]?.first }

  func has(type id: String) -> Bool { types.contains { $0.id == id } }
}

/// The value of an enum value.
enum EnumLiteral: Hashable {
  case integer(Int64)
  case string(String)
  /// A number with a fraction, or a truth value: no enum can have it.
  case other(String)
}

extension ModelElement.Link {
  var id: String {
    switch self {
    case .element(let element): element.id
    case .standard(let element): element.id
    case .reference(let id): id
    }
  }

  var kind: MaterialClass? {
    switch self {
    case .element(let element): element.kind
    case .standard(let element): element.kind
    case .reference: nil
    }
  }

  var version: DTDLVersion? {
    switch self {
    case .element(let element): element.version
    case .standard(let element): element.version
    case .reference: nil
    }
  }

  /// Whether the thing is of a class or co-type, or one below it.
  func `is`(_ type: TypeName) -> Bool {
    switch (self, type) {
    case (_, .material(let wanted)): kind?.lineage.contains(wanted) ?? false
    case (.element(let element), .supplemental(let wanted)):
      element.types.contains { SupplementalTypes.lineage(of: $0).contains { $0.id == wanted } }
    case (.standard(let element), .supplemental(let wanted)): element.types.contains(wanted)
    case (.reference, _): false
    }
  }
}
