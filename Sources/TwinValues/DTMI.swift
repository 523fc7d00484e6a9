/// A digital twin model identifier: `dtmi:com:example:Thermostat;1`.
///
/// A value holds text that follows the DTMI grammar (DTDL v4 reference, "Digital Twin Model Identifier"): the scheme,
/// one or more segments after colons, then optionally `;` and a version of one or two numbers, and a fragment.
/// Which of these a model may *define* depends on its language version: see `Syntax`.
public struct DTMI: Hashable, Sendable {
  /// The identifier as written.
  public let text: String

  /// Checks and wraps an identifier.
  /// - Throws: `NuriError` with code `invalidDTMI`.
  public init(_ text: String, syntax: Syntax = .any) throws(NuriError) {
    guard DTMI.isValid(text, syntax: syntax) else {
      throw NuriError(
        .invalidDTMI, "\"\(text.prefix(200))\" is not a DTMI.",
        advice: "Write it like dtmi:com:example:Thermostat;1: letters, digits and underscores after colons, "
          + "each part starting with a letter, then a semicolon and a version.")
    }
    self.text = text
  }

  /// Wraps text that a caller in this package has checked.
  package init(checked text: String) { self.text = text }

  /// Longest identifier of any sort, in bytes (DTDL v4 reference, "Digital Twin Model Identifier").
  public static let maximumBytes = 4096
  /// Longest identifier that a model may define, in bytes.
  public static let maximumUserBytes = 2048
  /// Longest identifier of an interface, in bytes.
  public static let maximumInterfaceBytes = 128
}

extension DTMI: CustomStringConvertible, Comparable {
  /// The identifier as written.
  public var description: String { text }

  /// By text.
  public static func < (a: DTMI, b: DTMI) -> Bool { a.text < b.text }
}

extension NuriError.Code {
  /// Text that is not a digital twin model identifier.
  public static let invalidDTMI = Self("invalidDTMI")
}

extension DTMI {
  /// Which form of the grammar to hold text against.
  public enum Syntax: Sendable {
    /// Anything that is a DTMI: system segments (with a leading underscore), fragments, with or without a version.
    case any
    /// What a DTDL v2 model may define or name: no underscores in front, no fragment, a version of one number.
    case v2
    /// What a DTDL v3 or v4 model may define or name: as v2, but the version may be left out or have two numbers.
    case v3
  }

  /// Whether text follows the grammar and is no longer than it may be.
  public static func isValid(_ text: String, syntax: Syntax = .any) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      guard bytes.count <= (syntax == .any ? maximumBytes : maximumUserBytes),
        bytes.starts(with: "dtmi:".utf8)
      else { return false }
      var scanner = DTMIScanner(bytes: bytes, at: 5, syntax: syntax)
      return scanner.scan()
    }
  }

  /// Everything before the fragment.
  private var fragmentless: Substring { text.prefix { $0 != "#" } }

  /// The text without its version, fragment kept.
  public var versionless: String {
    String(fragmentless.prefix { $0 != ";" }) + fragment
  }

  /// The fragment with its `#`, or nothing.
  public var fragment: String { String(text.dropFirst(fragmentless.count)) }

  /// The segments between scheme and version.
  public var labels: [String] {
    fragmentless.prefix { $0 != ";" }.split(separator: ":").dropFirst().map(String.init)
  }

  private var versionText: Substring {
    let rest = fragmentless
    guard let at = rest.firstIndex(of: ";") else { return "" }
    return rest[rest.index(after: at)...]
  }

  /// The first number of the version; 0 without a version.
  public var majorVersion: Int { versionText.split(separator: ".").first.flatMap { Int($0) } ?? 0 }

  /// The second number of the version; 0 without one.
  public var minorVersion: Int {
    let parts = versionText.split(separator: ".")
    return parts.count > 1 ? Int(parts[1]) ?? 0 : 0
  }

  /// Whether a segment or the fragment starts with an underscore, which only systems may define.
  public var isReserved: Bool {
    labels.contains { $0.hasPrefix("_") } || fragment.hasPrefix("#_")
  }
}

/// Walks the grammar over bytes, once, without memory.
private struct DTMIScanner {
  let bytes: UnsafeBufferPointer<UInt8>
  var at: Int
  let syntax: DTMI.Syntax

  private func peek() -> UInt8? { at < bytes.count ? bytes[at] : nil }

  private static func isLetter(_ c: UInt8) -> Bool { (c | 0x20) &- 0x61 < 26 }
  private static func isDigit(_ c: UInt8) -> Bool { c &- 48 < 10 }

  /// A letter, then letters, digits and underscores, the last no underscore; `.any` allows underscores in front.
  private mutating func segment() -> Bool {
    if syntax == .any, peek() == UInt8(ascii: "_") {
      while peek() == UInt8(ascii: "_") { at += 1 }
      guard let first = peek(), Self.isLetter(first) || Self.isDigit(first) else { return false }
    } else {
      guard let first = peek(), Self.isLetter(first) else { return false }
    }
    var last: UInt8 = 0
    while let c = peek(), Self.isLetter(c) || Self.isDigit(c) || c == UInt8(ascii: "_") {
      last = c
      at += 1
    }
    return last != UInt8(ascii: "_")
  }

  private mutating func number(digits: Int) -> Bool {
    guard let first = peek(), Self.isDigit(first), first != 48 else { return false }
    let start = at
    while let c = peek(), Self.isDigit(c) { at += 1 }
    return at - start <= digits
  }

  private mutating func eat(_ c: Unicode.Scalar) -> Bool {
    guard peek() == UInt8(ascii: c) else { return false }
    at += 1
    return true
  }

  mutating func scan() -> Bool {
    repeat {
      guard segment() else { return false }
    } while eat(":")
    if eat(";") {
      guard number(digits: 9) else { return false }
      if syntax != .v2, eat(".") {
        guard number(digits: 6) else { return false }
      }
    } else if syntax == .v2 {
      return false
    }
    if syntax == .any, eat("#"), at < bytes.count {
      guard segment() else { return false }
    }
    return at == bytes.count
  }
}
