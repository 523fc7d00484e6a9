import TwinGraph
import TwinModels
import TwinValues

extension Graph {
  /// The tables of twins that count as being of a model: its own version or a newer one, or extending such.
  func tables(ofModelOrNewer id: String, exactly: Bool) -> [Int] {
    if exactly { return tables(ofModel: id, exactly: true) }
    guard let (path, version) = versioned(id) else { return tables(ofModel: id) }
    var found = Set(tables(ofModel: id))
    for other in models.ids {
      guard let (otherPath, otherVersion) = versioned(other.text), otherPath == path,
        otherVersion > version
      else { continue }
      found.formUnion(tables(ofModel: other.text))
    }
    return found.sorted()
  }

  /// A DTMI's path and version (`dtmi:a:b;1.2` is major 1, minor 2).
  private func versioned(_ id: String) -> (path: Substring, version: ModelVersion)? {
    guard let semicolon = id.lastIndex(of: ";") else { return nil }
    let parts = id[id.index(after: semicolon)...].split(separator: ".", omittingEmptySubsequences: false)
    guard let major = parts.first.flatMap({ UInt64($0) }), parts.count <= 2 else { return nil }
    let minor = parts.count == 2 ? UInt64(parts[1]) : 0
    guard let minor else { return nil }
    return (id[..<semicolon], ModelVersion(major: major, minor: minor))
  }
}

private struct ModelVersion: Comparable {
  let major: UInt64
  let minor: UInt64

  static func < (a: ModelVersion, b: ModelVersion) -> Bool {
    a.major == b.major ? a.minor < b.minor : a.major < b.major
  }
}
