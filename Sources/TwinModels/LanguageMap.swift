/// A text in languages: `displayName` and `description` of an element.
public struct LanguageMap: Hashable, Sendable {
  /// The language a text has that does not say (DTDL v4 reference, "Display string localization").
  public static let defaultLanguage = "en"

  /// Texts by language code, in the order given.
  public private(set) var texts: [(language: String, text: String)] = []

  /// No text.
  public init() {}

  mutating func add(_ text: String, in language: String) { texts.append((language, text)) }

  /// Whether there is no text.
  public var isEmpty: Bool { texts.isEmpty }

  /// The text in a language, when there is one.
  public subscript(language: String) -> String? { texts.first { $0.language == language }?.text }

  /// A text to show: in the language asked for, else in English, else the first.
  public func text(in language: String = defaultLanguage) -> String? {
    self[language] ?? self[Self.defaultLanguage] ?? texts.first?.text
  }

  /// Same languages and texts in the same order.
  public static func == (a: LanguageMap, b: LanguageMap) -> Bool {
    a.texts.elementsEqual(b.texts) { $0 == $1 }
  }

  /// Hashes languages and texts.
  public func hash(into hasher: inout Hasher) {
    for (language, text) in texts {
      hasher.combine(language)
      hasher.combine(text)
    }
  }
}
