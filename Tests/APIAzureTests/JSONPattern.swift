import Foundation
import TwinValues

/// Names that cases give to parts of answers, such as ETags, to use them in later requests.
struct Bindings {
  private var values: [String: String] = [:]

  /// A text with `{name}` replaced by what it is bound to, and `«text 3»` written out three times.
  func filled(_ text: String) -> String {
    var text = text
    for (name, value) in values { text = text.replacingOccurrences(of: "{\(name)}", with: value) }
    while let open = text.range(of: "«"), let close = text[open.upperBound...].firstIndex(of: "»") {
      let words = text[open.upperBound..<close].split(separator: " ")
      let count = Int(words.last ?? "") ?? 0
      let written = String(repeating: words.dropLast().joined(separator: " "), count: count)
      text.replaceSubrange(open.lowerBound...close, with: written)
    }
    return text
  }

  /// Whether a text fits a pattern: `{name}` binds it, stars stand for anything.
  mutating func match(_ text: String, _ pattern: String) -> Bool {
    if pattern.hasPrefix("{"), pattern.hasSuffix("}"), !text.isEmpty {
      let name = String(pattern.dropFirst().dropLast())
      if name.hasPrefix("=") { return values[String(name.dropFirst())] == text }
      values[name] = text
      return true
    }
    let parts = pattern.components(separatedBy: "*")
    guard parts.count > 1 else { return text == pattern }
    guard text.hasPrefix(parts[0]), text.hasSuffix(parts[parts.count - 1]),
      text.count >= parts[0].count + parts[parts.count - 1].count
    else { return false }
    var rest = text.dropFirst(parts[0].count)
    for part in parts.dropFirst().dropLast() where !part.isEmpty {
      guard let found = rest.range(of: part) else { return false }
      rest = rest[found.upperBound...]
    }
    return true
  }
}

/// JSON with wildcards: a text fits as `Bindings.match` says; the member `"..."` or element `"..."` stands for any
/// others; the text `"*"` stands for any value.
enum JSONPattern {
  /// What does not fit; `nil` when all does.
  static func fault(_ value: JSONNode, _ pattern: String, _ bindings: inout Bindings) throws -> String? {
    let pattern = try JSONDocument(pattern)
    return fault(value, pattern.root, "", &bindings)
  }

  private static func fault(
    _ value: JSONNode, _ pattern: JSONNode, _ path: String, _ bindings: inout Bindings
  ) -> String? {
    if pattern.isText("*") { return nil }
    switch (value.kind, pattern.kind) {
    case (.object, .object):
      let others = pattern["..."] != nil
      for (key, _) in value.members where pattern[key] == nil && !others {
        return "\(path)/\(key) is too much"
      }
      for (key, wanted) in pattern.members where key != "..." {
        guard let found = value[key] else { return "\(path)/\(key) is missing" }
        if let fault = fault(found, wanted, "\(path)/\(key)", &bindings) { return fault }
      }
      return nil
    case (.array, .array):
      var wanted = Array(pattern.elements)
      let others = wanted.last?.isText("...") ?? false
      if others { wanted.removeLast() }
      guard others ? value.count >= wanted.count : value.count == wanted.count else {
        return "\(path) has \(value.count) elements"
      }
      for (index, pair) in zip(value.elements, wanted).enumerated() {
        if let fault = fault(pair.0, pair.1, "\(path)/\(index)", &bindings) { return fault }
      }
      return nil
    case (.string, .string):
      return bindings.match(value.string ?? "", bindings.filledUnlessName(pattern.string ?? ""))
        ? nil : "\(path) is \(value.sourceText), not \(pattern.sourceText)"
    default:
      let same = value.double != nil ? value.double == pattern.double : value.sourceText == pattern.sourceText
      return same ? nil : "\(path) is \(value.sourceText), not \(pattern.sourceText)"
    }
  }
}

extension Bindings {
  /// A pattern as it is when it is nothing but a name to bind, otherwise filled.
  fileprivate func filledUnlessName(_ pattern: String) -> String {
    pattern.hasPrefix("{") ? pattern : filled(pattern)
  }
}
