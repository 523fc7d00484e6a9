public import TwinValues

/// How strictly to read models.
public struct ModelOptions: Sendable {
  /// What to do with contexts of extensions that Nuri does not know.
  public enum UndefinedExtensions: Sendable {
    /// As the language version says: accepted in version 2, an error in 3 and 4.
    case perVersion
    /// Accept them; types and properties they may define are then not checked.
    case allow
    /// Refuse them.
    case refuse
  }

  /// Unknown extensions.
  public var undefinedExtensions: UndefinedExtensions
  /// The newest language version to accept.
  public var maximumVersion: DTDLVersion
  /// Limit contexts a version 4 model may ask for beyond the language's own, with or without a version
  /// (`dtmi:dtdl:limits:aio`, `dtmi:dtdl:limits:onvif;1`).
  public var acceptedLimits: [DTMI]
  /// Accept three old faults in version 2 documents: definitions with reserved ids, references written as
  /// objects with an `@id` alone, and elements repeated under one name (the first one counts).
  public var toleratesSolecisms: Bool
  /// The same for documents that a resolver hands in.
  public var toleratesSolecismsInResolved: Bool
  /// Bounds on the JSON.
  public var json: JSONLimits

  /// Makes options; the defaults are the language's own rules.
  public init(
    undefinedExtensions: UndefinedExtensions = .perVersion, maximumVersion: DTDLVersion = .v4,
    acceptedLimits: [DTMI] = [], toleratesSolecisms: Bool = false, toleratesSolecismsInResolved: Bool = false,
    json: JSONLimits = .standard
  ) {
    self.undefinedExtensions = undefinedExtensions
    self.maximumVersion = maximumVersion
    self.acceptedLimits = acceptedLimits
    self.toleratesSolecisms = toleratesSolecisms
    self.toleratesSolecismsInResolved = toleratesSolecismsInResolved
    self.json = json
  }

  func allowsUndefined(in version: DTDLVersion) -> Bool {
    switch undefinedExtensions {
    case .perVersion: version == .v2
    case .allow: true
    case .refuse: false
    }
  }
}
