import TwinValues

/// One thing that a server can be told: the source of parsing, of `nuri config check` and of the table in
/// `docs/server.md`.
public struct Setting: Sendable {
  /// What its value looks like.
  public enum Kind: Sendable, Equatable {
    /// `true` or `false`.
    case flag
    /// A whole number within bounds.
    case number(ClosedRange<Int>)
    /// A text.
    case text
    /// One of some words.
    case choice([String])
    /// A list of texts; in the environment and in flags separated by commas.
    case texts
    /// A JSON value of its own form, which is described in words.
    case structure(String)
  }

  /// Its name in the file, dots leading inwards: `limits.connections`.
  public let name: String
  /// What its value looks like.
  public let kind: Kind
  /// The unit of a number.
  public let unit: String
  /// What it does, in one sentence.
  public let summary: String
  /// A flag of `nuri serve` of its own; others are given with `--set name=value`.
  public let flag: String?
  let read: @Sendable (JSONNode, inout ServerConfiguration) throws(NuriError) -> Void
  let write: @Sendable (ServerConfiguration, inout JSONWriter) -> Void

  /// The variable that sets it: `NURI_LIMITS_CONNECTIONS`.
  public var variable: String {
    var text = "NURI_"
    for character in name {
      if character == "." {
        text.append("_")
      } else {
        if character.isUppercase { text.append("_") }
        text.append(contentsOf: character.uppercased())
      }
    }
    return text
  }

  /// Its value in a configuration, as JSON, secrets masked.
  public func value(in configuration: ServerConfiguration) -> String {
    var writer = JSONWriter()
    write(configuration, &writer)
    return writer.text
  }

  /// The setting of a name.
  public static func named(_ name: String) -> Setting? { byName[name] }

  private static let byName = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }
}

/// Kinds of settings.
extension Setting {
  static func flag(
    _ name: String, _ path: any WritableKeyPath<ServerConfiguration, Bool> & Sendable, flag: String? = nil,
    _ summary: String
  ) -> Setting {
    Setting(
      name: name, kind: .flag, unit: "", summary: summary, flag: flag,
      read: { node, configuration throws(NuriError) in
        guard let value = node.bool else { throw wrong(name, "true or false", node) }
        configuration[keyPath: path] = value
      }, write: { $1.bool($0[keyPath: path]) })
  }

  static func number(
    _ name: String, _ path: any WritableKeyPath<ServerConfiguration, Int> & Sendable,
    in range: ClosedRange<Int>,
    _ unit: String = "", flag: String? = nil, _ summary: String
  ) -> Setting {
    Setting(
      name: name, kind: .number(range), unit: unit, summary: summary, flag: flag,
      read: { node, configuration throws(NuriError) in
        guard let value = node.int64, range.contains(Int(value)) else {
          throw wrong(name, "a whole number from \(range.lowerBound) to \(range.upperBound)", node)
        }
        configuration[keyPath: path] = Int(value)
      }, write: { $1.integer(Int64($0[keyPath: path])) })
  }

  static func text(
    _ name: String, _ path: any WritableKeyPath<ServerConfiguration, String> & Sendable, flag: String? = nil,
    _ summary: String
  ) -> Setting {
    Setting(
      name: name, kind: .text, unit: "", summary: summary, flag: flag,
      read: { node, configuration throws(NuriError) in
        guard let value = node.string else { throw wrong(name, "a text", node) }
        configuration[keyPath: path] = value
      }, write: { $1.string($0[keyPath: path]) })
  }

  static func texts(
    _ name: String, _ path: any WritableKeyPath<ServerConfiguration, [String]> & Sendable,
    flag: String? = nil,
    _ summary: String, check: @escaping @Sendable (String) -> String? = { _ in nil }
  ) -> Setting {
    Setting(
      name: name, kind: .texts, unit: "", summary: summary, flag: flag,
      read: { node, configuration throws(NuriError) in
        let values = try list(node, name)
        for value in values {
          if let fault = check(value) {
            throw NuriError(.invalidSetting, "\(name): \"\(value)\" \(fault).", at: node.place)
          }
        }
        configuration[keyPath: path] = values
      }, write: { $1.texts($0[keyPath: path]) })
  }

  static func structure(
    _ name: String, _ form: String, flag: String? = nil, _ summary: String,
    read: @escaping @Sendable (JSONNode, inout ServerConfiguration) throws(NuriError) -> Void,
    write: @escaping @Sendable (ServerConfiguration, inout JSONWriter) -> Void
  ) -> Setting {
    Setting(
      name: name, kind: .structure(form), unit: "", summary: summary, flag: flag, read: read, write: write)
  }

  static func wrong(_ name: String, _ wanted: String, _ node: JSONNode) -> NuriError {
    NuriError(.invalidSetting, "\(name) must be \(wanted).", at: node.place)
  }

  /// A list of texts.
  static func list(_ node: JSONNode, _ name: String) throws(NuriError) -> [String] {
    var texts: [String] = []
    guard node.kind == .array else { throw wrong(name, "a list of texts", node) }
    for element in node.elements {
      guard let text = element.string else { throw wrong(name, "a list of texts", element) }
      texts.append(text)
    }
    return texts
  }
}

extension JSONWriter {
  /// Writes a list of texts.
  mutating func texts(_ texts: [String]) {
    beginArray()
    for text in texts { string(text) }
    endArray()
  }
}
