/// The rules that a model can break, by stable name. `docs/models.md` says where each comes from.
public enum ModelRule: String, Sendable, CaseIterable {
  /// A type in `@type` that only has subtypes.
  case abstractType
  /// A model, or an id inside one, that the set has already.
  case alreadyDefined
  /// A v2 property whose schema is or holds an array.
  case arrayNotAllowed
  /// Two co-types that define the same property, as two semantic types do with `unit`.
  case conflictingCotypes
  /// A language version newer than the options allow.
  case disallowedContextVersion
  /// A limit context that the options do not accept.
  case disallowedLimitContext
  /// A DTDL context that does not come first.
  case dtdlContextFollowsAffiliate
  /// Two elements with a co-type that only one of them may have.
  case duplicateCotype
  /// Two elements with one id.
  case duplicateId
  /// A property given twice, by term and by DTMI.
  case duplicateProperty
  /// Two elements that override the same thing.
  case duplicateReference
  /// More bases or elements in all than the language allows.
  case excessiveCount
  /// Schemas or `extends` that go deeper than the language allows.
  case excessiveDepth
  /// A co-type beside one that it excludes.
  case excludedCotype
  /// An `@graph`.
  case graphNotAllowed
  /// An `@id` that is no string.
  case idNotString
  /// An object with `@id` alone where a reference should be a string.
  case idReference
  /// An `@id` past the limit.
  case idTooLong
  /// The JSON text of an interface past the limit.
  case interfaceTooLarge
  /// A `@context` with something other than strings.
  case invalidContext
  /// A DTDL context with a fragment other than `#limitless`.
  case invalidContextFragment
  /// A context that is no DTMI, or none that the version allows.
  case invalidContextSpecifier
  /// A co-type beside a class it does not fit.
  case invalidCotype
  /// A value that a co-type does not allow, as a text `schema` with `Temperature`.
  case invalidCotypeValue
  /// A co-type on an element of a version it does not fit.
  case invalidCotypeVersion
  /// An enum value that is not of the enum's `valueSchema`.
  case invalidEnumValue
  /// An `@id` that is no DTMI.
  case invalidId
  /// A language code that is none.
  case invalidLanguage
  /// A language map with a keyword in it.
  case invalidLanguageMap
  /// A literal that is neither string nor integer.
  case invalidLiteral
  /// A value object whose `@type` does not fit.
  case invalidLiteralType
  /// A `name` that is neither string nor number.
  case invalidName
  /// An override whose schema is not that of what it overrides.
  case invalidOverride
  /// A property that is neither a DTMI nor a term.
  case invalidProperty
  /// A reference that is neither a DTMI nor a known term.
  case invalidReference
  /// An annotation of something that can't be annotated.
  case invalidSibling
  /// A string that does not follow its pattern, as a name with a hyphen.
  case invalidString
  /// A type that can't stand where it does.
  case invalidType
  /// A reference to something other than what the property takes.
  case invalidValue
  /// A value object with more than `@value`, `@type` or `@language`, or without `@value`.
  case invalidValueObject
  /// A DTMI or term, known as something else, used as a property.
  case irrelevantProperty
  /// A DTMI or term, known as something else, used as a type.
  case irrelevantType
  /// A JSON-LD keyword that v3 and v4 do not use.
  case keywordNotAllowed
  /// A limit context that does not follow a `#limitless` one.
  case misplacedLimitContext
  /// A document without `@context`.
  case missingContext
  /// A context without a version.
  case missingContextVersion
  /// A co-type without one that it needs.
  case missingCotype
  /// A `@context` without a DTDL context.
  case missingDtdlContext
  /// An element without the `@id` it needs.
  case missingId
  /// A `#limitless` context without limits after it.
  case missingLimitContext
  /// A co-type whose element is not inside one with the co-type it needs.
  case missingParentCotype
  /// An element without a property it needs.
  case missingRequired
  /// A co-type without a neighbour it needs.
  case missingSiblingCotype
  /// An element without the `@type` it needs.
  case missingType
  /// An element of two classes.
  case multipleTypes
  /// Two values where one is taken.
  case multipleValues
  /// A component whose interface has components.
  case nestedComponent
  /// A value of a co-type's property that the element's schema does not allow.
  case nonConformingValue
  /// Something other than `true` or `false`.
  case notBoolean
  /// Something other than an ISO 8601 duration.
  case notDuration
  /// Something that is neither an element nor a reference.
  case notElement
  /// Something other than a DTMI.
  case notIdentifier
  /// Something other than an integer of 32 bits.
  case notInteger
  /// A document that is no interface.
  case notInterface
  /// Something other than a number.
  case notNumber
  /// A document that is no JSON object.
  case notObject
  /// Something other than a string.
  case notString
  /// Two names, values, languages or indexes that must differ.
  case notUnique
  /// An interface that extends itself.
  case recursiveExtends
  /// A v2 or v3 schema that holds itself.
  case recursiveSchema
  /// A reference to something inside another interface.
  case referenceIntoOtherModel
  /// An `@id` with a prefix that belongs to the language or an extension.
  case reservedId
  /// A string past the limit.
  case stringTooLong
  /// No value where one is needed.
  case tooFew
  /// An integer past its bound.
  case tooLarge
  /// More values than the limit.
  case tooMany
  /// An integer below its bound.
  case tooSmall
  /// A type that is no string.
  case typeNotString
  /// A property that no context defines.
  case undefinedProperty
  /// A type that no context defines.
  case undefinedType
  /// A property that no type of the element allows.
  case unknownProperty
  /// A version of DTDL that Nuri does not know.
  case unrecognizedContextVersion
  /// An extension that Nuri does not know.
  case unresolvableContext
  /// A reference that leads nowhere.
  case unresolvedReference
  /// An element of a language version that can't stand there.
  case versionNotAllowed
}
