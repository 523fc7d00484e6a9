/// The patterns that strings of a model may have to follow.
enum TextPattern: Sendable {
  /// A name: letters, digits and underscores, a letter first, no underscore last (DTDL v2 reference, "Property").
  case name
  /// An MQTT topic pattern: labels or `{tokens}` between slashes (Mqtt extension, "Topic Pattern").
  case topic
  /// An MQTT shared-subscription group.
  case serviceGroup

  func matches(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    switch self {
    case .name: return Self.isName(bytes[...])
    case .serviceGroup: return !bytes.isEmpty && bytes.allSatisfy(Self.isTopicByte)
    case .topic:
      let parts = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
      return parts.indices.allSatisfy { Self.isTopicPart(parts[$0], isFirst: $0 == 0) }
    }
  }

  private static func isLetter(_ c: UInt8) -> Bool { (c | 0x20) &- 0x61 < 26 }

  private static func isName(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard let first = bytes.first, let last = bytes.last, isLetter(first) else { return false }
    guard last != UInt8(ascii: "_") else { return false }
    return bytes.allSatisfy { isLetter($0) || $0 &- 48 < 10 || $0 == UInt8(ascii: "_") }
  }

  /// Printable ASCII but for space, quote, hash, plus, slash and braces.
  private static func isTopicByte(_ c: UInt8) -> Bool {
    switch c {
    case 0x21, 0x24...0x2a, 0x2c...0x2e, 0x30...0x7a, 0x7c, 0x7e: true
    default: false
    }
  }

  private static func isTopicPart(_ part: ArraySlice<UInt8>, isFirst: Bool) -> Bool {
    guard let first = part.first else { return false }
    if first == UInt8(ascii: "{") {
      guard part.count > 2, part.last == UInt8(ascii: "}") else { return false }
      let words = part.dropFirst().dropLast()
        .split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
      return words.count <= 2 && words.allSatisfy { !$0.isEmpty && $0.allSatisfy(isLetter) }
    }
    if isFirst, first == UInt8(ascii: "$") { return false }
    return part.allSatisfy(isTopicByte)
  }
}
