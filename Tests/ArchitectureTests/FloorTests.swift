import Testing

/// The house: who may import whom. The table in `ARCHITECTURE.md` is the law; `Package.swift` and every `import`
/// are held to it.
@Suite("Floors")
struct FloorTests {
  /// Test support may look at what it stands in for.
  private let support: [String: Set<String>] = [
    "TwinStorm": ["TwinValues", "TwinLog"]
  ]
  private let wings = 6

  private func mayImport(_ room: String, _ other: String) -> Bool {
    if let allowed = support[room] { return allowed.contains(other) }
    guard let own = Repository.floors[room], let below = Repository.floors[other] else { return false }
    return below < own
  }

  @Test("The page's table names every target, and nothing else")
  func table() {
    let targets = Set(Repository.files(under: "Sources").map { String($0.split(separator: "/")[1]) })
    #expect(targets == Set(Repository.floors.keys).union(support.keys))
  }

  @Test("Imports go down")
  func imports() {
    let rooms = Set(Repository.floors.keys).union(support.keys)
    let wrong = breaches { source, line in
      guard source.code[line].contains("import "), let module = source.code[line].importedModule,
        rooms.contains(module)
      else { return false }
      return !mayImport(source.room, module)
    }
    #expect(wrong == [])
  }

  @Test("Dependencies in Package.swift go down, and wings don't see one another")
  func dependencies() {
    let targets = PackageTargets.all.filter { !$0.isTest }
    #expect(targets.count >= 10, "Package.swift is laid out in a way this test can't read")
    for target in targets {
      for dependency in target.dependencies {
        #expect(mayImport(target.name, dependency), "\(target.name) depends on \(dependency)")
        let areWings = Repository.floors[target.name] == wings && Repository.floors[dependency] == wings
        #expect(!areWings, "the wings \(target.name) and \(dependency)")
      }
    }
  }

  @Test("Below the command line there is no Foundation, and no module but the C library and our own")
  func foreignModules() {
    let allowed: Set = ["Glibc", "Musl", "Darwin", "Synchronization"]
    let rooms = Set(Repository.floors.keys).union(support.keys)
    let wrong = breaches { source, line in
      guard let module = source.code[line].importedModule, !rooms.contains(module) else { return false }
      if Repository.floors[source.room] ?? 0 >= 8 { return false }
      return !allowed.contains(module)
    }
    #expect(wrong == [])
  }

  @Test("Every room opens with a page: what it is for, its floor, how data flows, who may import it")
  func openingPages() {
    for room in Set(Repository.sources.map(\.room)).sorted() {
      let names = ["\(room).swift", "main.swift", "\(room).md"]
      let pages = names.map { Repository.text("Sources/\(room)/\($0)") }.filter { !$0.isEmpty }
      let opening = pages.flatMap { page in
        room.isEmpty || !page.contains("//") ? page.lines : page.lines.filter { $0.trimmed.hasPrefix("//") }
      }.joined(separator: " ").lowercased()
      let words = support[room] != nil ? ["test support"] : ["floor \(Repository.floors[room] ?? 0)"]
      for word in words { #expect(opening.contains(word), "\(room)'s opening page lacks \"\(word)\"") }
      let saysWhoImports = ["import", "above", "test support"].contains { opening.contains($0) }
      #expect(saysWhoImports, "\(room)'s opening page does not say who may import it")
      #expect(opening.count > 120, "\(room)'s opening page says too little")
    }
  }
}

extension String {
  /// The module a line of code imports.
  fileprivate var importedModule: String? {
    var words = split(separator: " ")
    while let first = words.first,
      first.hasPrefix("@") || ["public", "package", "internal", "private"].contains(first)
    {
      words.removeFirst()
    }
    guard words.first == "import", words.count > 1 else { return nil }
    let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
    let name = kinds.contains(words[1]) && words.count > 2 ? words[2] : words[1]
    return name.split(separator: ".").first.map(String.init)
  }
}

/// Targets and what they depend on, read out of `Package.swift`.
struct PackageTargets {
  let name: String
  let isTest: Bool
  let dependencies: [String]

  static let all: [PackageTargets] = {
    let text = Repository.text("Package.swift")
    let starts = [".systemLibrary(", ".target(", ".executableTarget(", ".testTarget("]
    var list: [PackageTargets] = []
    var rest = text[...]
    while let start = starts.compactMap({ rest.firstRange(of: $0) }).min(by: { $0.lowerBound < $1.lowerBound }
    ) {
      let isTest = rest[start] == ".testTarget("
      rest = rest[start.upperBound...]
      var depth = 1
      let body = rest.prefix {
        if $0 == "(" { depth += 1 }
        if $0 == ")" { depth -= 1 }
        return depth > 0
      }
      guard let name = body.firstMatch(of: /name: "([^"]+)"/) else { continue }
      let dependencies = body.firstMatch(of: /dependencies: \[([^\]]*)\]/)?.output.1 ?? ""
      list.append(
        PackageTargets(
          name: String(name.output.1), isTest: isTest || body.contains("path: \"Tests/"),
          dependencies: dependencies.matches(of: /"([^"]+)"/).map { String($0.output.1) }))
    }
    return list
  }()
}
