import Testing

/// How the sources read: lengths, names, comments.
@Suite("Tidiness")
struct TidinessTests {
  @Test("Files have at most 600 lines")
  func fileLength() {
    let long = Repository.sources.filter { $0.lines.count > 600 }.map {
      "\($0.path): \($0.lines.count) lines"
    }
    #expect(long == [])
  }

  @Test("Functions have at most 70 lines")
  func functionLength() {
    let long = Repository.sources.flatMap { source in
      Functions.of(source).filter { $0.length > 70 }.map {
        "\(source.path):\($0.line + 1): \($0.length) lines"
      }
    }
    #expect(long == [])
    #expect(Repository.sources.contains { Functions.of($0).count > 5 }, "no functions were found")
  }

  @Test("Files and types are named after what they are, and a file's name starts with a capital")
  func names() {
    let vague = ["Util", "Manager", "Helper", "Misc", "Common"]
    let files = Repository.sources.map(\.path).filter { path in
      let name = path.split(separator: "/").last ?? ""
      return vague.contains { name.contains($0) }
        || !(name.first?.isUppercase ?? false) && name != "main.swift"
    }
    #expect(files == [])
    let types = breaches { source, line in
      let words = source.code[line].split(separator: " ")
      let kinds: Set<Substring> = ["class", "struct", "enum", "actor", "protocol"]
      guard let kind = words.firstIndex(where: kinds.contains), kind + 1 < words.count else { return false }
      return vague.contains { words[kind + 1].contains($0) }
    }
    #expect(types == [])
  }

  @Test("Every public declaration is documented: members of extensions and cases of enums too")
  func documentation() {
    var bare: [String] = []
    for source in Repository.sources {
      for line in source.code.indices
      where PublicDeclarations.isOne(source, line) && !source.isDocumented(line) {
        bare.append("\(source.path):\(line + 1): \(source.lines[line].trimmed)")
      }
    }
    #expect(bare == [])
  }

  @Test("What the compiler does not check is explained where it is said")
  func unchecked() {
    let bare = breaches { source, line in
      let code = source.code[line]
      guard code.contains("@unchecked") || code.contains("nonisolated(unsafe)") else { return false }
      let near = source.commentAbove(line) + source.commentBelow(line)
      return !["nchecked", "nsafe:", "thread", "shared", "lock"].contains { near.contains($0) }
    }
    #expect(bare == [])
  }

  @Test("What is left to do stands in ARCHITECTURE.md, and no code sleeps in comments")
  func comments() {
    let todo = breaches { source, line in
      let text = source.lines[line]
      guard ["TO" + "DO", "FIX" + "ME", "X" + "XX"].contains(where: text.contains) else { return false }
      return !Repository.architecture.contains(text.trimmed.drop { "/ ".contains($0) })
    }
    #expect(todo == [])
    let asleep = breaches { source, line in
      let text = source.lines[line].trimmed
      guard text.hasPrefix("//"), !text.hasPrefix("///") else { return false }
      let said = text.dropFirst(2).drop { $0 == " " }
      return said.hasSuffix("{") || said == "}" || said.hasSuffix(";")
        || said.firstMatch(of: /^(let|var|return|try|import|guard|func|self\.|if) .*[=()\[\]{]/) != nil
    }
    #expect(asleep == [])
  }

  @Test("No text file names a path of one machine")
  func machinePaths() {
    // Written apart, so that this file passes.
    let homes = ["home", "root", "work", "Users", "mnt"].map { "/\($0)/" }
    let kinds = ["swift", "md", "py", "json", "yml", "yaml", "sh", "txt", "case", "h", "c", "toml", ""]
    var found: [String] = []
    for path in Repository.files(under: "") {
      let name = path.split(separator: "/").last ?? ""
      let kind = name.contains(".") ? String(name.split(separator: ".").last ?? "") : ""
      guard kinds.contains(kind) else { continue }
      for (number, line) in Repository.text(path).lines.enumerated() {
        for home in homes where line.contains(home) {
          guard let range = line.firstRange(of: home) else { continue }
          // A path starts a word; `https://host/work/` and `a/home/b` are other things.
          let before = line[..<range.lowerBound].last
          if before == nil || " \"'`(=:".contains(before ?? " ") {
            found.append("\(path):\(number + 1): \(line.trimmed)")
          }
        }
      }
    }
    #expect(found == [])
  }
}

extension Repository.Source {
  /// The comment right above a line, attributes passed over.
  func commentAbove(_ line: Int) -> String {
    var text = ""
    var at = line - 1
    while at >= 0 {
      let above = lines[at].trimmed
      if above.hasPrefix("//") { text += above + " " } else if !above.hasPrefix("@") { break }
      at -= 1
    }
    return text
  }

  /// The comment right below a line (inside the braces it opens).
  func commentBelow(_ line: Int) -> String {
    lines.dropFirst(line + 1).prefix { $0.trimmed.hasPrefix("//") }.joined(separator: " ")
  }

  func isDocumented(_ line: Int) -> Bool {
    var at = line - 1
    while at >= 0, lines[at].trimmed.hasPrefix("@") || lines[at].trimmed.hasPrefix("#if") { at -= 1 }
    return at >= 0 && lines[at].trimmed.hasPrefix("///")
  }
}
