import TwinValues

/// The property of an element that a value is read for.
struct ValueSlot {
  let element: ModelElement
  let property: String
  let isRequired: Bool

  var path: String { element.path.isEmpty ? property : "\(element.path)/\(property)" }
}

/// The types a literal may state in a value object.
private enum LiteralType: String {
  case string, integer, boolean, decimal, duration

  static func named(_ text: String) -> LiteralType? {
    for prefix in ["xsd:", "http://www.w3.org/2001/XMLSchema#"] where text.hasPrefix(prefix) {
      return LiteralType(rawValue: String(text.dropFirst(prefix.count)))
    }
    return nil
  }
}

extension ModelReader {
  private func fault(_ rule: ModelRule, _ message: String, _ slot: ValueSlot, at node: JSONNode) {
    faults.add(rule, "\(slot.property) \(message).", in: slot.element.model, path: slot.path, at: node)
  }

  /// The one value of a property that takes one literal, a value object (`@value`) opened
  /// (DTDL v3 specification, "Representational literal").
  private func literal(
    _ node: JSONNode, _ slot: ValueSlot, _ context: ActiveContext
  ) -> (value: JSONNode, type: LiteralType?)? {
    let values = node.flattened
    guard values.count <= 1 else {
      fault(.multipleValues, "takes one value", slot, at: node)
      return nil
    }
    guard let value = values.first else {
      if slot.isRequired { fault(.missingRequired, "has no value", slot, at: node) }
      return nil
    }
    guard value.kind == .object else { return (value, nil) }
    let object = LDElement(value)
    var isClean =
      object.context == nil && object.id == nil && object.graph == nil && object.properties.isEmpty
    if context.version.restrictsKeywords, object.language != nil || !object.keywords.isEmpty {
      isClean = false
    }
    guard isClean else {
      fault(.invalidValueObject, "has a value object with more than @value and @type", slot, at: value)
      return nil
    }
    guard let inner = object.value else {
      fault(.invalidValueObject, "has an object without @value", slot, at: value)
      return nil
    }
    guard let names = object.typeNames else { return (inner, nil) }
    guard names.count == 1, let type = names.first.flatMap({ $0 }).flatMap(LiteralType.named) else {
      fault(.invalidLiteralType, "has a @type that no literal can have", slot, at: object.types ?? value)
      return nil
    }
    return (inner, type)
  }

  private func literal(
    _ node: JSONNode, _ slot: ValueSlot, as wanted: LiteralType, _ context: ActiveContext
  ) -> JSONNode? {
    guard let (value, type) = literal(node, slot, context) else { return nil }
    guard type == nil || type == wanted else {
      fault(.invalidLiteralType, "must be of type \(wanted.rawValue)", slot, at: node)
      return nil
    }
    return value
  }

  func string(
    _ node: JSONNode, _ slot: ValueSlot, maximum: Int?, pattern: TextPattern?, _ context: ActiveContext
  ) -> String? {
    guard let value = literal(node, slot, as: .string, context) else { return nil }
    guard let text = value.string else {
      fault(.notString, "must be a string", slot, at: value)
      return nil
    }
    if let maximum, text.utf16.count > maximum {
      fault(.stringTooLong, "is longer than \(maximum) characters", slot, at: value)
    }
    if let pattern, !pattern.matches(text) {
      fault(.invalidString, "\"\(text.prefix(100))\" does not follow the pattern it must", slot, at: value)
    }
    return text
  }

  func boolean(_ node: JSONNode, _ slot: ValueSlot, _ context: ActiveContext) -> Bool? {
    guard let value = literal(node, slot, as: .boolean, context) else { return nil }
    guard let bool = value.bool else {
      fault(.notBoolean, "must be true or false", slot, at: value)
      return nil
    }
    return bool
  }

  func integer(
    _ node: JSONNode, _ slot: ValueSlot, minimum: Int?, maximum: Int?, _ context: ActiveContext
  ) -> Int? {
    guard let value = literal(node, slot, as: .integer, context) else { return nil }
    guard let number = value.int32 else {
      fault(.notInteger, "must be an integer of 32 bits", slot, at: value)
      return nil
    }
    if let minimum, number < minimum { fault(.tooSmall, "must be \(minimum) or more", slot, at: value) }
    if let maximum, number > maximum { fault(.tooLarge, "must be \(maximum) or less", slot, at: value) }
    return number
  }

  func number(_ node: JSONNode, _ slot: ValueSlot, _ context: ActiveContext) -> String? {
    guard let value = literal(node, slot, as: .decimal, context) else { return nil }
    guard let number = value.double else {
      fault(.notNumber, "must be a number", slot, at: value)
      return nil
    }
    if value.kind == .integer { return value.sourceText }
    var writer = JSONWriter()
    writer.double(number)
    return writer.text
  }

  func duration(_ node: JSONNode, _ slot: ValueSlot, _ context: ActiveContext) -> String? {
    guard let value = literal(node, slot, as: .duration, context) else { return nil }
    guard let text = value.string, TextSyntax.isDuration(text) else {
      fault(.notDuration, "must be an ISO 8601 duration", slot, at: value)
      return nil
    }
    return text
  }

  func identifier(_ node: JSONNode, _ slot: ValueSlot, _ context: ActiveContext) -> String? {
    let values = node.flattened
    guard values.count <= 1 else {
      fault(.multipleValues, "takes one value", slot, at: node)
      return nil
    }
    guard let value = values.first else {
      if slot.isRequired { fault(.missingRequired, "has no value", slot, at: node) }
      return nil
    }
    guard let text = value.string, let id = context.dtmi(text) else {
      fault(.notIdentifier, "must be a DTMI", slot, at: value)
      return nil
    }
    return id
  }

  /// The value of an enum value: a string or a number, which its enum then holds against its `valueSchema`.
  func enumLiteral(_ node: JSONNode, _ slot: ValueSlot, _ context: ActiveContext) -> EnumLiteral? {
    guard let (value, type) = literal(node, slot, context) else { return nil }
    switch (type, value.kind) {
    case (nil, .string), (.string, .string): return .string(value.string ?? "")
    case (nil, .integer), (nil, .number), (.integer, .integer), (.integer, .number):
      if let integer = value.int32 { return .integer(Int64(integer)) }
      if type == nil { return .other(value.sourceText) }
    case (.decimal, .integer), (.decimal, .number), (nil, .bool), (.boolean, .bool):
      return .other(value.sourceText)
    default: break
    }
    fault(.invalidLiteral, "must be a string or an integer", slot, at: value)
    return nil
  }
}

extension JSONNode {
  /// The number as an integer of 32 bits, when it is one, however it is written.
  var int32: Int? {
    guard let number = double, number == number.rounded(), abs(number) <= 2_147_483_648 else { return nil }
    return Int32(exactly: number).map(Int.init)
  }
}

extension ModelReader {
  /// A text in languages (DTDL v3 specification, "Localizable string").
  func languageMap(
    _ node: JSONNode, _ slot: ValueSlot, maximum: Int, _ context: ActiveContext
  ) -> LanguageMap {
    if node.kind == .object { return mapOfLanguages(LDElement(node), slot, maximum: maximum) }
    var map = LanguageMap()
    var languages: Set<String> = []
    for value in node.flattened {
      guard let (language, text) = tagged(value, slot, context) else { continue }
      if !languages.insert(language).inserted {
        fault(.notUnique, "has two texts in the language \"\(language)\"", slot, at: value)
      }
      add(text, in: language, to: &map, slot, maximum: maximum, at: value)
    }
    return map
  }

  private func add(
    _ text: String, in language: String, to map: inout LanguageMap, _ slot: ValueSlot, maximum: Int,
    at node: JSONNode
  ) {
    if text.utf16.count > maximum {
      fault(.stringTooLong, "is longer than \(maximum) characters", slot, at: node)
    }
    map.add(text, in: language)
  }

  private func mapOfLanguages(_ object: LDElement, _ slot: ValueSlot, maximum: Int) -> LanguageMap {
    var map = LanguageMap()
    if object.properties.count != object.count {
      fault(.invalidLanguageMap, "has a keyword among its languages", slot, at: object.node)
    }
    for (language, value) in object.properties {
      if !LanguageCode.isValid(language) {
        fault(.invalidLanguage, "has \"\(language)\", which is no language code", slot, at: value)
      }
      guard let text = value.string else {
        fault(.notString, "has something other than a string in \"\(language)\"", slot, at: value)
        continue
      }
      add(text, in: language, to: &map, slot, maximum: maximum, at: value)
    }
    return map
  }

  private func tagged(
    _ node: JSONNode, _ slot: ValueSlot, _ context: ActiveContext
  ) -> (language: String, text: String)? {
    if let text = node.string { return (LanguageMap.defaultLanguage, text) }
    guard node.kind == .object else {
      fault(
        .notString, "must be a string, a language map, or an array of strings with languages", slot, at: node
      )
      return nil
    }
    let object = LDElement(node)
    var isClean =
      object.context == nil && object.id == nil && object.graph == nil && object.properties.isEmpty
    if context.version.restrictsKeywords, object.types != nil || !object.keywords.isEmpty { isClean = false }
    if !isClean {
      fault(.invalidValueObject, "has an object with more than @language and @value", slot, at: node)
    }
    var language = LanguageMap.defaultLanguage
    if let code = object.language {
      guard let text = code.string, LanguageCode.isValid(text) else {
        fault(.invalidLanguage, "has a @language that is no language code", slot, at: code)
        return nil
      }
      language = text
    }
    guard let text = object.value?.string else {
      fault(.notString, "has an object whose @value is no string", slot, at: node)
      return nil
    }
    return (language, text)
  }
}

/// Language codes: two to four small letters, then perhaps a script, then perhaps a region.
enum LanguageCode {
  static func isValid(_ code: String) -> Bool {
    var parts = code.split(separator: "-", omittingEmptySubsequences: false)[...]
    guard let language = parts.popFirst(), (2...4).contains(language.utf8.count),
      language.utf8.allSatisfy(isSmall)
    else { return false }
    if let script = parts.first, script.utf8.count == 4, let first = script.utf8.first, isBig(first),
      script.utf8.dropFirst().allSatisfy(isSmall)
    {
      parts.removeFirst()
    }
    if let region = parts.first,
      (region.utf8.count == 2 && region.utf8.allSatisfy(isBig))
        || (region.utf8.count == 3 && region.utf8.allSatisfy { $0 &- 48 < 10 })
    {
      parts.removeFirst()
    }
    return parts.isEmpty
  }

  private static func isSmall(_ c: UInt8) -> Bool { c &- 0x61 < 26 }
  private static func isBig(_ c: UInt8) -> Bool { c &- 0x41 < 26 }
}
