/// What a property of a class may hold.
enum ValueRule: Sendable {
  /// One string; `isName` holds it to the pattern of names.
  case string(isName: Bool, maximum: @Sendable (DTDLLimits) -> Int)
  /// A text in languages.
  case text(maximum: @Sendable (DTDLLimits) -> Int)
  /// One truth value.
  case boolean
  /// One integer within bounds.
  case integer(minimum: Int, maximum: @Sendable (DTDLLimits) -> Int?)
  /// One string or number: the `enumValue` of an enum value.
  case literal
  /// One DTMI that need not be resolved: the `target` of a relationship.
  case identifier
  /// Elements, given in place or by reference.
  case elements(ElementRule)
}

/// What elements a property may hold.
struct ElementRule: Sendable {
  /// Classes that may stand here, by reference.
  var classes: ClassSet
  /// Those of them that may also be defined in place.
  var definable: ClassSet
  /// The class of an element that does not say its type; `nil` when it must.
  var inferred: MaterialClass?
  var isPlural = false
  var minimum = 0
  var requiresId = false
  /// Versions an element here may be written in.
  var versions: [DTDLVersion] = DTDLVersion.allCases
  /// The property of the element from which its id is made.
  var segment: String?
  /// Standard elements that alone may be referred to.
  var values: [String]?
}

/// A property of a class in a version.
struct PropertyRule: Sendable {
  let name: String
  let id: String
  let isRequired: Bool
  let value: ValueRule
}

/// The properties of a class in a version, by name and by DTMI.
struct ClassRules: Sendable {
  let properties: [PropertyRule]
  private let index: [String: Int]

  init(_ properties: [PropertyRule]) {
    self.properties = properties
    var index: [String: Int] = [:]
    for (position, property) in properties.enumerated() {
      index[property.name] = position
      index[property.id] = position
    }
    self.index = index
  }

  func property(_ key: String) -> Int? { index[key] }
}
