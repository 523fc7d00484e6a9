/// A type that stands beside a class in `@type`: a semantic type or an adjunct type of an extension.
struct SupplementalType: Sendable {
  /// What a type is for.
  enum Kind: Sendable {
    /// Gives meaning to a value, as `Temperature` does.
    case semantic
    /// Adds properties or rules, as `Historized` does.
    case adjunct
    /// A class of units: never beside another class.
    case unit
    /// A type of units: beside `Unit` alone.
    case semanticUnit
  }

  let id: String
  let term: String
  let kind: Kind
  var isAbstract = false
  /// The type whose properties and constraints hold too.
  var parent: String?
  /// The classes it may stand beside.
  var hosts: ClassSet = []
  /// The versions of the elements it may stand beside.
  var versions: [DTDLVersion] = []
  /// Types that must stand beside it.
  var requires: [String] = []
  /// Types that must not.
  var excludes: [String] = []
  /// Types beside which it may stand whatever the class.
  var alternatives: [String] = []
  var properties: [SupplementalProperty] = []
  var constraints: [ValueConstraint] = []
  var parents: [ParentConstraint] = []
  var siblings: [SiblingConstraint] = []
}

/// A property that a supplemental type adds.
struct SupplementalProperty: Sendable {
  /// What it holds.
  enum Value: Sendable {
    case string(maximum: Int? = nil, pattern: TextPattern? = nil)
    case integer(minimum: Int? = nil)
    case number
    case duration
    /// The DTMI or term of a property.
    case identifier
    /// A reference to a standard element of a class or family.
    case reference(type: TypeName, childOf: String?)
  }

  let id: String
  let term: String
  let value: Value
  var isOptional = false
  /// Siblings must differ in it.
  var isUnique = false
  /// The value must be one of the schema that this property of the same element holds.
  var conformsTo: String?
}

/// A class or a supplemental type, as constraints name them.
enum TypeName: Sendable {
  case material(MaterialClass)
  case supplemental(String)
}

/// What elements that a property of the typed element holds must be.
struct ValueConstraint: Sendable {
  let property: String
  /// They have one of these types …
  var types: [TypeName] = []
  /// … or are one of these standard elements.
  var values: [String] = []
  /// They equal the type that the sibling's overridden property has: `(key reference, property naming property)`.
  var siblingParent: (keyReference: String, path: String)?
}

/// What the element that holds the typed element in `property` must be.
struct ParentConstraint: Sendable {
  let property: String
  /// It has one of these co-types.
  let types: [String]
  /// No other element there has this type.
  var noOther: String?
  /// Some other element there has this type.
  var someOther: String?
}

/// What a sibling named by a property must be.
struct SiblingConstraint: Sendable {
  /// The property that holds the sibling's name.
  let keyReference: String
  var types: [TypeName] = []
  var excludedType: String?
  /// A property whose value names a supplemental property that the sibling must have.
  var path: String?
  /// With this property the reference must be unique.
  var uniqueWith: String?
}
