import TwinValues

/// The contexts in force at an element, outer ones included.
struct ActiveContext {
  private(set) var version: DTDLVersion
  private(set) var limitSet: LimitSet = .standard
  private(set) var limits: DTDLLimits
  private var affiliates: [Vocabulary] = []
  private var hasUnrecognized = false

  private init(version: DTDLVersion) {
    self.version = version
    limits = DTDLLimits(version)
  }

  /// Whether every context is known, so that every term should be.
  var isComplete: Bool { !hasUnrecognized }

  /// The DTMI that a string means: itself, or what a context gives a term. `nil` when it is neither.
  func dtmi(_ text: String) -> String? {
    if text.hasPrefix("dtmi:") {
      return text.utf8.count <= limits.identifierLength && DTMI.isValid(text, syntax: version.syntax)
        ? text : nil
    }
    if let found = Vocabularies.core[version]?.terms[text] { return found }
    for vocabulary in affiliates {
      if let found = vocabulary.terms[text] { return found }
    }
    return nil
  }

  /// Whether an id may not be defined by a model.
  func isReserved(_ id: String) -> Bool {
    let prefixes = (Vocabularies.core[version]?.reserved ?? []) + affiliates.flatMap(\.reserved)
    return prefixes.contains { id.hasPrefix($0) }
  }
}

/// A fault of a `@context`.
struct ContextFault: Error {
  let rule: ModelRule
  let message: String
}

extension ActiveContext {
  /// The context of an element inside `outer` (`nil` at the top of a document).
  static func of(
    _ element: LDElement, inside outer: ActiveContext?, _ options: ModelOptions
  ) throws(ContextFault) -> ActiveContext {
    guard let node = element.context else {
      guard let outer else {
        throw ContextFault(rule: .missingContext, message: "The document has no @context.")
      }
      return outer
    }
    var parts: [String] = []
    for item in node.kind == .array ? Array(node.elements) : [node] {
      guard let text = item.string else {
        throw ContextFault(
          rule: .invalidContext,
          message: "A context is no string: DTDL does not allow local terms or anything else there.")
      }
      parts.append(text)
    }
    if parts.isEmpty, let outer { return outer }
    var reader = ContextReader(parts: parts, options: options, context: outer)
    return try reader.read()
  }

  fileprivate mutating func adopt(_ vocabulary: Vocabulary) {
    affiliates.removeAll { $0.name == vocabulary.name }
    affiliates.append(vocabulary)
  }

  fileprivate mutating func noteUnrecognized() { hasUnrecognized = true }

  fileprivate mutating func use(_ version: DTDLVersion) { self.version = version }

  fileprivate mutating func use(_ set: LimitSet) {
    limitSet = set
    limits = DTDLLimits(version, set)
  }

  fileprivate static func start(_ version: DTDLVersion) -> ActiveContext { ActiveContext(version: version) }
}

/// Reads the parts of a `@context` (DTDL v4 reference, "Context").
///
/// A context of a later minor version is read as the one that Nuri knows, since minor versions only add terms.
private struct ContextReader {
  let parts: [String]
  let options: ModelOptions
  var context: ActiveContext?
  var at = 0

  init(parts: [String], options: ModelOptions, context: ActiveContext?) {
    self.parts = parts
    self.options = options
    self.context = context
  }

  mutating func read() throws(ContextFault) -> ActiveContext {
    // IoT Central's context may stand in front, since it implies version 2.
    var preface: [Vocabulary] = []
    while at < parts.count, parts[at] == "dtmi:iotcentral:context;2" {
      if let vocabulary = try affiliate(parts[at], version: .v2) { preface.append(vocabulary) }
      at += 1
    }
    // Limits are stated anew with every DTDL context; an inner context without one goes back to the language's.
    var set = LimitSet.standard
    while at < parts.count, parts[at].hasPrefix(Vocabularies.corePrefix) { set = try language() }
    guard var context else {
      throw ContextFault(
        rule: .missingDtdlContext,
        message: "The context does not start with a DTDL context such as dtmi:dtdl:context;3.")
    }
    context.use(set)
    for vocabulary in preface { context.adopt(vocabulary) }
    while at < parts.count {
      if let vocabulary = try affiliate(parts[at], version: context.version) {
        context.adopt(vocabulary)
      } else {
        context.noteUnrecognized()
      }
      at += 1
    }
    return context
  }

  private func split(_ part: String, version: DTDLVersion?) throws(ContextFault) -> DTMI {
    guard part.hasPrefix("dtmi:") else {
      throw ContextFault(rule: .invalidContextSpecifier, message: "The context \"\(part)\" is not a DTMI.")
    }
    guard let id = try? DTMI(part) else {
      throw ContextFault(
        rule: .invalidContextSpecifier, message: "The context \"\(part)\" is not a valid DTMI.")
    }
    guard id.majorVersion > 0 else {
      throw ContextFault(rule: .missingContextVersion, message: "The context \"\(part)\" has no version.")
    }
    let bare = String(part.prefix { $0 != "#" })
    if let version, !DTMI.isValid(bare, syntax: version.syntax) {
      throw ContextFault(
        rule: .invalidContextSpecifier,
        message: "The context \"\(part)\" is not a DTMI that DTDL v\(version.rawValue) allows.")
    }
    return id
  }

  /// A DTDL context, with the limit context that must follow one that says `#limitless`.
  private mutating func language() throws(ContextFault) -> LimitSet {
    let part = parts[at]
    let id = try split(part, version: nil)
    guard let version = DTDLVersion(rawValue: id.majorVersion) else {
      throw ContextFault(
        rule: .unrecognizedContextVersion, message: "\"\(part)\" is no version of DTDL that Nuri knows.")
    }
    guard version <= options.maximumVersion else {
      throw ContextFault(
        rule: .disallowedContextVersion,
        message:
          "\"\(part)\" is newer than DTDL v\(options.maximumVersion.rawValue), the newest allowed here.")
    }
    guard id.fragment.isEmpty || (version == .v4 && id.fragment == "#limitless"),
      id.labels == ["dtdl", "context"]
    else {
      throw ContextFault(
        rule: .invalidContextFragment, message: "\"\(part)\" has a fragment that is not allowed there.")
    }
    _ = try split(part, version: version)
    at += 1
    if var known = context {
      known.use(version)
      context = known
    } else {
      context = ActiveContext.start(version)
    }
    return id.fragment.isEmpty ? .standard : try limitContext(version)
  }

  private mutating func limitContext(_ version: DTDLVersion) throws(ContextFault) -> LimitSet {
    let missing = ContextFault(
      rule: .missingLimitContext, message: "A #limitless context is not followed by a context with limits.")
    guard at < parts.count else { throw missing }
    let part = parts[at]
    let id = try split(part, version: version)
    if part.hasPrefix(Vocabularies.corePrefix) {
      guard ["", "#limits"].contains(id.fragment), id.majorVersion == version.rawValue else { throw missing }
      at += 1
      return .standard
    }
    guard id.fragment.isEmpty,
      let set = Vocabularies.affiliates[id.versionless]?[id.majorVersion]?.limits
    else { throw missing }
    let isAccepted = options.acceptedLimits.contains { accepted in
      accepted.versionless == id.versionless
        && (accepted.majorVersion == 0
          || (accepted.majorVersion == id.majorVersion && accepted.minorVersion <= id.minorVersion))
    }
    guard isAccepted else {
      throw ContextFault(
        rule: .disallowedLimitContext, message: "The limits \"\(part)\" are not accepted here.")
    }
    at += 1
    return set
  }

  /// An extension's context; `nil` when it is unknown and that is allowed.
  private func affiliate(_ part: String, version: DTDLVersion) throws(ContextFault) -> Vocabulary? {
    if part.hasPrefix(Vocabularies.corePrefix) {
      throw ContextFault(
        rule: .dtdlContextFollowsAffiliate, message: "The DTDL context \"\(part)\" must come first.")
    }
    let id = try split(part, version: version)
    guard id.fragment.isEmpty else {
      throw ContextFault(rule: .invalidContextSpecifier, message: "The context \"\(part)\" has a fragment.")
    }
    guard let vocabulary = Vocabularies.affiliates[id.versionless]?[id.majorVersion]
    else {
      guard options.allowsUndefined(in: version) else {
        throw ContextFault(
          rule: .unresolvableContext, message: "The extension \"\(part)\" is not one that Nuri knows.")
      }
      return nil
    }
    guard vocabulary.limits == nil else {
      throw ContextFault(
        rule: .misplacedLimitContext,
        message: "The limit context \"\(part)\" must follow a #limitless DTDL context.")
    }
    return vocabulary
  }
}
