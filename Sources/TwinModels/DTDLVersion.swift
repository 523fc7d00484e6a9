import TwinValues

/// A version of the modelling language.
public enum DTDLVersion: Int, Sendable, Comparable, CaseIterable {
  /// Digital Twins Definition Language version 2.
  case v2 = 2
  /// Version 3.
  case v3 = 3
  /// Version 4.
  case v4 = 4

  /// Older first.
  public static func < (a: DTDLVersion, b: DTDLVersion) -> Bool { a.rawValue < b.rawValue }

  /// The form of identifiers a model of this version may use.
  var syntax: DTMI.Syntax { self == .v2 ? .v2 : .v3 }

  /// Whether keywords other than those of DTDL are errors (they are ignored in version 2).
  var restrictsKeywords: Bool { self != .v2 }
}

/// A set of limits a version 4 model may ask for by context (DTDL v4 reference, "Context").
public enum LimitSet: String, Sendable {
  /// The limits of the language itself.
  case standard = ""
  /// `dtmi:dtdl:limits:aio;1`.
  case aio = "dtmi:dtdl:limits:aio"
  /// `dtmi:dtdl:limits:onvif;1`.
  case onvif = "dtmi:dtdl:limits:onvif"
}
