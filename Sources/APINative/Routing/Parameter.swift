import TwinEngine
import TwinValues

/// A parameter of a route: where it stands, what it may be. Read by the router and by the OpenAPI document.
struct Parameter: Sendable {
  /// Where a parameter stands.
  enum Place: String, Sendable { case path, query, header }

  /// What its text may be.
  enum Kind: Sendable {
    case text(most: Int)
    case integer(ClosedRange<Int64>, standard: Int64?)
    case flag
    case choice([String])
    case instant
    /// An instant, a sequence, or a time ago.
    case point
    case etags
  }

  let name: String
  let place: Place
  let kind: Kind
  let note: String
  let isRequired: Bool
  /// Whether it may be given more than once.
  let isRepeated: Bool
  let example: String?

  init(
    _ name: String, _ place: Place = .query, _ kind: Kind, _ note: String, required: Bool = false,
    repeated: Bool = false, example: String? = nil
  ) {
    self.name = name
    self.place = place
    self.kind = kind
    self.note = note
    isRequired = required || place == .path
    isRepeated = repeated
    self.example = example
  }

  /// Checks a value as it was sent.
  /// - Throws: `NuriError` with code `invalidParameter`.
  func check(_ text: String) throws(NuriError) {
    func refuse(_ what: String) -> NuriError {
      NuriError(.invalidParameter, "The parameter \"\(name)\" is \(what), not \"\(text.prefix(100))\".")
    }
    switch kind {
    case .text(let most):
      guard text.utf8.count <= most, place != .path || !text.isEmpty else {
        throw NuriError(.invalidParameter, "The parameter \"\(name)\" has 1 to \(most) bytes.")
      }
    case .integer(let bounds, _):
      guard let value = Int64(text), bounds.contains(value) else {
        throw refuse("a whole number from \(bounds.lowerBound) to \(bounds.upperBound)")
      }
    case .flag: if text != "true", text != "false" { throw refuse("true or false") }
    case .choice(let words):
      guard words.contains(text) else {
        throw NuriError(
          .invalidParameter, "The parameter \"\(name)\" is one of \(words.joined(separator: ", ")).",
          advice: Nearest.advice(text, words))
      }
    case .instant: if (try? Instant(text)) == nil { throw refuse("an RFC 3339 instant") }
    case .point: if Point(text) == nil { throw refuse(Point.explanation) }
    case .etags: if ETagList(text) == nil { throw refuse("*, or ETags such as W/\"1f\", parted by commas") }
    }
  }
}

/// A point in time as a request writes it: `now`, a sequence (`1234`), an instant (`2026-10-31T09:00:00Z`), or a
/// time before the present (`-2h`; `s`, `m`, `h`, `d`, `w`).
enum Point: Sendable {
  case fixed(AsOf)
  case ago(microseconds: Int64)

  static let explanation =
    "a sequence such as 1234, an instant such as 2026-10-31T09:00:00Z, or a time ago such as -2h (s, m, h, d, w)"

  /// Reads one; `nil` when it is none.
  init?(_ text: String) {
    if text == "now" {
      self = .fixed(.now)
    } else if text.first == "-" {
      guard let span = Point.span(text.dropFirst()) else { return nil }
      self = .ago(microseconds: span)
    } else if !text.isEmpty, text.utf8.allSatisfy({ $0 &- 48 < 10 }) {
      guard let sequence = UInt64(text), sequence < 1 << 63 else { return nil }
      self = .fixed(.sequence(sequence))
    } else {
      // A "+" in a query is a space unless it is encoded; an offset is meant.
      let text = String(text.map { $0 == " " && text.contains("T") ? "+" : $0 })
      guard let instant = try? Instant(text) else { return nil }
      self = .fixed(.instant(instant))
    }
  }

  /// Microseconds of a length of time such as `90s` or `7d`, at most `NativeLimits.spanDays`; `nil` for anything else.
  static func span(_ text: Substring) -> Int64? {
    let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
    guard let last = text.last, let unit = units[last], let count = Int64(text.dropLast()), count >= 0,
      count <= Int64(NativeLimits.spanDays) * 86_400 / unit
    else { return nil }
    return count * unit * 1_000_000
  }

  /// The point, given the present.
  func asOf(_ now: Instant) -> AsOf {
    switch self {
    case .fixed(let point): point
    case .ago(let microseconds): .instant(Instant(microseconds: now.microseconds - microseconds))
    }
  }
}

extension AsOf {
  /// The point as the header `nuri-at` writes it.
  var text: String {
    switch self {
    case .now: "now"
    case .sequence(let sequence): String(sequence)
    case .instant(let instant): instant.description
    }
  }
}
