/// A language the command line speaks.
enum Language: String, Sendable, CaseIterable {
  /// English.
  case english = "en"
  /// Korean.
  case korean = "ko"

  /// The language a POSIX locale asks for: the first of `LC_ALL`, `LC_MESSAGES` and `LANG` that is set.
  init(environment: [String: String]) {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].lazy
      .compactMap { environment[$0] }
      .first { !$0.isEmpty }
    self =
      locale.map { $0 == "ko" || $0.hasPrefix("ko_") || $0.hasPrefix("ko.") } == true ? .korean : .english
  }
}

/// A text in every language the command line speaks. Leaving one out does not compile.
struct Text: Sendable, Hashable {
  let english: String
  let korean: String

  init(_ english: String, ko korean: String) {
    self.english = english
    self.korean = korean
  }

  /// The text in one language.
  subscript(language: Language) -> String {
    switch language {
    case .english: english
    case .korean: korean
    }
  }
}
