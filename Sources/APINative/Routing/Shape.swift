import TwinValues

/// What a JSON value looks like: checks bodies and describes them in the OpenAPI document, so that both say the same.
indirect enum Shape: Sendable {
  /// Any JSON value.
  case any
  /// A truth value.
  case flag
  /// A text with this many UTF-8 bytes at most.
  case text(most: Int, note: String = "")
  /// One of these texts.
  case choice([String])
  /// An RFC 3339 instant.
  case instant
  /// An integer within bounds.
  case integer(ClosedRange<Int64>)
  /// Any number.
  case number
  /// A list.
  case list(Shape, most: Int = .max)
  /// An object with these members, and others as said.
  case object([Member], others: Others = .refused)
  /// A shape of `Shape.components` by its name.
  case named(String)
  /// One of several.
  case either([Shape])
  /// The shape or null.
  case nullable(Shape)

  /// A member of an object.
  struct Member: Sendable {
    let name: String
    let shape: Shape
    let isRequired: Bool
    let note: String

    init(_ name: String, _ shape: Shape, required: Bool = false, _ note: String = "") {
      self.name = name
      self.shape = shape
      isRequired = required
      self.note = note
    }
  }

  /// What members an object may have beyond those it lists.
  enum Others: Sendable {
    case refused
    case any
    case shaped(Shape)
  }

  /// Any unsigned number a sequence may be.
  static let sequence = Shape.integer(0...(1 << 48))
}

extension Shape {
  /// Checks a value.
  /// - Throws: `NuriError` with code `invalidBody` that names the member.
  func check(_ node: JSONNode, at path: String = "body") throws(NuriError) {
    func refuse(_ what: String) -> NuriError {
      NuriError(.invalidBody, "\(path) is \(what).", at: node.place)
    }
    switch self {
    case .any: return
    case .flag: if node.bool == nil { throw refuse("true or false") }
    case .text(let most, _):
      guard let text = node.string, text.utf8.count <= most else {
        throw refuse("a text of at most \(most) bytes")
      }
    case .choice(let words):
      guard let word = node.string, words.contains(word) else {
        throw NuriError(
          .invalidBody, "\(path) is one of \(words.joined(separator: ", ")).", at: node.place,
          advice: node.string.flatMap { Nearest.advice($0, words) })
      }
    case .instant:
      guard let text = node.string, (try? Instant(text)) != nil else {
        throw refuse("an RFC 3339 instant such as 2026-10-31T09:00:00Z")
      }
    case .integer(let bounds):
      guard let value = node.int64, bounds.contains(value) else {
        throw refuse("a whole number from \(bounds.lowerBound) to \(bounds.upperBound)")
      }
    case .number: if node.double == nil { throw refuse("a number") }
    case .list(let element, let most):
      guard node.kind == .array else { throw refuse("an array") }
      guard node.count <= most else {
        throw NuriError(.limitExceeded, "\(path) has \(node.count) elements; the limit is \(most).")
      }
      for (index, each) in node.elements.enumerated() { try element.check(each, at: "\(path)[\(index)]") }
    case .object(let members, let others): try Shape.check(node, members, others, path)
    case .named(let name): try Shape.components[name]?.check(node, at: path)
    case .either(let shapes):
      guard shapes.contains(where: { (try? $0.check(node, at: path)) != nil }) else {
        throw NuriError(
          .invalidBody, "\(path) has none of the forms it may have.", at: node.place,
          advice: "Look it up in /v1/openapi.json.")
      }
    case .nullable(let shape): if !node.isNull { try shape.check(node, at: path) }
    }
  }

  private static func check(
    _ node: JSONNode, _ members: [Member], _ others: Others, _ path: String
  ) throws(NuriError) {
    guard node.kind == .object else {
      throw NuriError(.invalidBody, "\(path) is an object.", at: node.place)
    }
    for (key, value) in node.members {
      let inner = "\(path).\(key)"
      if let member = members.first(where: { $0.name == key }) {
        try member.shape.check(value, at: inner)
        continue
      }
      switch others {
      case .any: continue
      case .shaped(let shape): try shape.check(value, at: inner)
      case .refused:
        throw NuriError(
          .invalidBody, "\(path) has no member \"\(key.prefix(100))\".", at: value.place,
          advice: Nearest.advice(key, members.map(\.name)) ?? "It has \(Shape.names(members)).")
      }
    }
    for member in members where member.isRequired && node[member.name] == nil {
      throw NuriError(
        .invalidBody, "\(path) lacks \"\(member.name)\".", at: node.place,
        advice: member.note.isEmpty ? nil : member.note)
    }
  }

  private static func names(_ members: [Member]) -> String {
    members.isEmpty ? "none" : members.map(\.name).joined(separator: ", ")
  }
}

/// The word that was probably meant.
enum Nearest {
  /// A question that names the candidate within two edits of a word; `nil` when there is none.
  static func advice(_ word: String, _ candidates: [String]) -> String? {
    nearest(word, candidates).map { "Did you mean \"\($0)\"?" }
  }

  static func nearest(_ word: String, _ candidates: [String]) -> String? {
    let typed = Array(word.lowercased().utf8.prefix(64))
    var best: (word: String, distance: Int)?
    for candidate in candidates {
      let distance = edits(typed, Array(candidate.lowercased().utf8))
      if distance <= min(2, max(typed.count - 1, 0)), distance < best?.distance ?? .max {
        best = (candidate, distance)
      }
    }
    return best?.word
  }

  /// Levenshtein distance.
  private static func edits(_ a: [UInt8], _ b: [UInt8]) -> Int {
    if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
    var row = Array(0...b.count)
    for i in 1...a.count {
      var diagonal = row[0]
      row[0] = i
      for j in 1...b.count {
        let cost = min(diagonal + (a[i - 1] == b[j - 1] ? 0 : 1), row[j] + 1, row[j - 1] + 1)
        diagonal = row[j]
        row[j] = cost
      }
    }
    return row[b.count]
  }
}
