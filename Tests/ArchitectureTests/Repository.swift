import Foundation

/// The repository these tests were compiled from, as text.
struct Repository {
  /// A Swift file of the package's sources.
  struct Source {
    /// From the repository's root: `Sources/TwinGraph/Graph.swift`.
    let path: String
    /// The target's name.
    let room: String
    /// As it stands.
    let text: String
    let lines: [String]
    /// The same lines with comments and the insides of strings blanked, so that braces and words in them
    /// don't count.
    let code: [String]
  }

  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// Every Swift file under `Sources`.
  static let sources: [Source] = files(under: "Sources").filter { $0.hasSuffix(".swift") }.map { path in
    let text = text(path)
    return Source(
      path: path, room: String(path.split(separator: "/")[1]), text: text, lines: text.lines,
      code: Blanked.text(text).lines)
  }

  /// The architecture's own page.
  static let architecture = text("ARCHITECTURE.md")

  static func text(_ path: String) -> String {
    (try? String(contentsOf: root.appending(path: path), encoding: .utf8)) ?? ""
  }

  /// Paths of the files under a folder, without what builds leave behind.
  static func files(under folder: String) -> [String] {
    let base = folder.isEmpty ? root : root.appending(path: folder)
    let skipped: Set = [".build", ".git", ".setup", "__pycache__", ".swiftpm"]
    guard let walk = FileManager.default.enumerator(at: base, includingPropertiesForKeys: [.isDirectoryKey])
    else {
      return []
    }
    var paths: [String] = []
    for case let url as URL in walk {
      if skipped.contains(url.lastPathComponent) {
        walk.skipDescendants()
        continue
      }
      guard (try? url.resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory != true else { continue }
      paths.append(String(url.path.dropFirst(root.path.count + 1)))
    }
    return paths.sorted()
  }

  /// The floor of every room, from the table in the architecture's page.
  static let floors: [String: Int] = {
    var floors: [String: Int] = [:]
    for line in architecture.lines where line.hasPrefix("| ") {
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      guard cells.count >= 2, let floor = Int(cells[0]) else { continue }
      for room in cells[1].split(separator: "`") where room.contains(where: \.isLetter) {
        floors[String(room)] = floor
      }
    }
    return floors
  }()
}

extension String {
  /// Lines, an empty last one left out.
  var lines: [String] {
    var lines = split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last == "" { lines.removeLast() }
    return lines
  }

  /// Spaces in front.
  var indent: Int { prefix { $0 == " " }.count }

  var trimmed: String { trimmingCharacters(in: .whitespaces) }
}

/// Where in the sources a rule is broken, ready to be read: `path:line: text`.
func breaches(_ isBroken: (Repository.Source, Int) -> Bool) -> [String] {
  Repository.sources.flatMap { source in
    source.lines.indices.filter { isBroken(source, $0) }.map {
      "\(source.path):\($0 + 1): \(source.lines[$0].trimmed.prefix(120))"
    }
  }
}
