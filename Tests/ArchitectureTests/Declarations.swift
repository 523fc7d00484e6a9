/// Functions of a file: where they start and how many lines they have, braces counted in blanked code.
struct Functions {
  let line: Int
  let length: Int

  static func of(_ source: Repository.Source) -> [Functions] {
    source.code.indices.compactMap { line in
      guard isStart(source.code[line]), let end = end(source.code, line) else { return nil }
      return Functions(line: line, length: end - line + 1)
    }
  }

  private static func isStart(_ code: String) -> Bool {
    for word in code.split(separator: " ") {
      if word.hasPrefix("@") { continue }
      let name = word.prefix { $0.isLetter }
      switch name {
      case "func", "var", "deinit": return true
      case "init", "subscript": return name.count < word.count
      default: if !modifiers.contains(name) { return false }
      }
    }
    return false
  }

  private static let modifiers: Set<Substring> = [
    "public", "package", "internal", "private", "fileprivate", "static", "class", "final", "mutating",
    "nonmutating", "override", "convenience", "required", "consuming", "borrowing", "lazy", "weak",
    "nonisolated", "isolated", "indirect", "prefix", "postfix", "infix", "async",
  ]

  /// The line of the brace that closes the body; `nil` when there is no body.
  private static func end(_ code: [String], _ start: Int) -> Int? {
    var parentheses = 0
    var braces = 0
    for line in start..<code.count {
      for character in code[line] {
        switch character {
        case "(", "[": parentheses += 1
        case ")", "]": parentheses -= 1
        case "{": braces += 1
        case "}":
          braces -= 1
          if braces == 0 { return line }
          if braces < 0 { return nil }
        default: break
        }
      }
      // A declaration without a body ends where the next line does not go on with it.
      if braces == 0, parentheses == 0, line + 1 < code.count {
        let next = code[line + 1].trimmed
        let goesOn =
          next.hasPrefix("{") || next.hasPrefix("->") || next.hasPrefix("throws") || next.hasPrefix("where")
        if !goesOn { return nil }
      }
    }
    return nil
  }
}

/// Which lines declare something that is public.
enum PublicDeclarations {
  static func isOne(_ source: Repository.Source, _ line: Int) -> Bool {
    let code = source.code[line]
    let words = code.split(separator: " ").drop { $0.hasPrefix("@") }
    if let at = words.prefix(3).firstIndex(of: "public") {
      return at + 1 < words.endIndex && words[at + 1] != "import" && words[at + 1] != "extension"
    }
    let word = (words.first ?? "").prefix { $0.isLetter }
    let members: Set<Substring> = [
      "case", "indirect", "func", "var", "init", "subscript", "associatedtype", "static",
    ]
    guard members.contains(word), let opener = enclosing(source.code, line) else { return false }
    let head = source.code[opener]
    if word == "case" || word == "indirect" {
      return head.contains("public ") && head.contains("enum ")
    }
    return head.contains("public protocol ")
  }

  /// The line that opens the declaration around a line: the nearest above with less indentation.
  private static func enclosing(_ code: [String], _ line: Int) -> Int? {
    let indent = code[line].indent
    var at = line - 1
    while at >= 0 {
      if !code[at].trimmed.isEmpty, code[at].indent < indent { return code[at].hasSuffix("{") ? at : nil }
      at -= 1
    }
    return nil
  }
}
