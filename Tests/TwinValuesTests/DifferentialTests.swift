import Foundation
import Testing
import TwinStorm
import TwinValues

/// The parser against Foundation's, over documents drawn from a seed and damaged ones.
///
/// They may part where the rules below say: duplicate keys (we refuse), more than 128 levels, text in another
/// encoding than UTF-8, and numbers that no double holds, which Foundation takes as decimals.
@Suite("The parser against Foundation's")
struct DifferentialTests {
  @Test("Both read a document to the same value", arguments: 1...8 as ClosedRange<UInt64>)
  func sameValue(_ number: UInt64) throws {
    var random = RandomJSON(Seed(number))
    for _ in 0..<150 {
      let text = random.document()
      let ours = try JSONDocument(text)
      let theirs = try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
      guard isSame(ours.root, theirs) else { return fail(number, text) }
      var writer = JSONWriter()
      writer.node(ours.root)
      let again = try JSONSerialization.jsonObject(with: Data(writer.bytes), options: .fragmentsAllowed)
      guard isSame(ours.root, again) else { return fail(number, writer.text) }
    }
  }

  @Test("Both accept or refuse a damaged document", arguments: 1...8 as ClosedRange<UInt64>)
  func sameVerdict(_ number: UInt64) {
    var random = RandomJSON(Seed(number &+ 1000))
    for _ in 0..<500 {
      let bytes = random.damaged(Array(random.document().utf8))
      let ours = verdict(bytes)
      // Duplicate keys, zero bytes (which announce UTF-16) and overlong numbers are ours to refuse.
      if ours == .refusedByOurRule || bytes.contains(0) || bytes.starts(with: [0xfe])
        || bytes.starts(with: [0xff])
      {
        continue
      }
      let theirs =
        (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil
      let text = String(decoding: bytes, as: UTF8.self)
      guard (ours == .accepted) == theirs else { return fail(number, text) }
    }
  }

  private func fail(_ number: UInt64, _ text: String) { Issue.record("seed \(number): \(text)") }

  private enum Verdict { case accepted, refused, refusedByOurRule }

  private func verdict(_ bytes: [UInt8]) -> Verdict {
    do {
      _ = try JSONDocument(bytes)
      return .accepted
    } catch {
      let rules = ["appears twice", "nested deeper", "too large for a double"]
      return rules.contains { error.message.contains($0) } ? .refusedByOurRule : .refused
    }
  }

  private func isSame(_ ours: JSONNode, _ theirs: Any) -> Bool {
    switch ours.kind {
    case .null: return theirs is NSNull
    case .bool: return (theirs as? NSNumber)?.boolValue == ours.bool
    case .integer, .number:
      // Foundation goes through decimals and may be off by a unit in the last place; we may not.
      guard let number = ours.double, let other = (theirs as? NSNumber)?.doubleValue else { return false }
      return number == Double(ours.sourceText) && abs(number - other) <= abs(number) * 1e-14
    case .string: return (theirs as? String).map { Array($0.utf8) } == ours.string.map { Array($0.utf8) }
    case .array:
      guard let list = theirs as? [Any], list.count == ours.count else { return false }
      return zip(ours.elements, list).allSatisfy { isSame($0, $1) }
    case .object:
      guard let members = theirs as? [String: Any], members.count == ours.count else { return false }
      return ours.members.allSatisfy { name, value in members[name].map { isSame(value, $0) } ?? false }
    }
  }
}

/// Draws JSON texts from a seed, with every spelling the grammar has.
struct RandomJSON {
  private var seed: Seed
  init(_ seed: Seed) { self.seed = seed }

  mutating func document() -> String { space() + value(0) + space() }

  mutating func damaged(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    let alphabet = Array("{}[],:\"\\u0123456789eE+-. \ntfn\u{1}".utf8) + [0x80, 0xc3, 0xe0, 0xed, 0xf4]
    for _ in 0...seed.below(3) where !bytes.isEmpty {
      let at = seed.below(bytes.count)
      switch seed.below(5) {
      case 0: bytes.remove(at: at)
      case 1: bytes.insert(alphabet[seed.below(alphabet.count)], at: at)
      case 2: bytes[at] = alphabet[seed.below(alphabet.count)]
      case 3: bytes.removeLast(seed.below(min(4, bytes.count)))
      default: bytes.swapAt(at, seed.below(bytes.count))
      }
    }
    return bytes
  }

  private mutating func space() -> String { [" ", "\n", "", "", "", "\t\r"][seed.below(6)] }

  private mutating func value(_ depth: Int) -> String {
    switch seed.below(depth > 4 ? 5 : 8) {
    case 0: return ["null", "true", "false"][seed.below(3)]
    case 1, 2: return number()
    case 3, 4: return string(seed.below(12))
    case 5:
      let elements = (0..<seed.below(5)).map { _ in space() + value(depth + 1) + space() }
      return "[\(elements.joined(separator: ","))\(elements.isEmpty ? space() : "")]"
    default:
      let members = (0..<seed.below(11)).map { index in
        // The number keeps keys apart.
        "\(space())\(string(3).dropLast())\(index)\"\(space()):\(space())\(value(depth + 1))\(space())"
      }
      return "{\(members.joined(separator: ","))\(members.isEmpty ? space() : "")}"
    }
  }

  private mutating func number() -> String {
    var text = seed.chance(1, in: 3) ? "-" : ""
    switch seed.below(5) {
    case 0: text += "0"
    case 1: text += "\(1 + seed.below(1000))"
    case 2: text += "\(seed.next() >> 11)"
    case 3: text += "\(1 + seed.below(9))\(seed.below(1_000_000_000))"
    default: text += "\(1 + seed.below(9999))"
    }
    if seed.chance(1, in: 3) { text += ".\(seed.next() >> UInt64(14 + seed.below(50)))" }
    if seed.chance(1, in: 4) {
      text += "\(["e", "E"][seed.below(2)])\(["", "+", "-"][seed.below(3)])\(seed.below(90))"
    }
    return text
  }

  private mutating func string(_ length: Int) -> String {
    let pieces = [
      "a", "Z", " ", "한", "é", "🙂", "\\n", "\\\"", "\\\\", "\\/", "\\u0041", "\\u00e9", "\\ud55c",
      "\\uD83D\\uDE42",
      "\\b", "\\f", "\\r", "\\t", "plain text that is longer than sixteen bytes", "\u{7f}", "\\u0000",
    ]
    return "\"\((0..<length).map { _ in pieces[seed.below(pieces.count)] }.joined())\""
  }
}
