#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Public data that lies beside the checkout, or where `NURI_SHARED` says; tests that want it are skipped without.
enum SharedData {
  /// The folder, when there is one.
  static let root: String? = {
    let beside = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
    let path = getenv("NURI_SHARED").map { String(cString: $0) } ?? "/\(beside)/shared"
    return isFolder("\(path)/data") ? "\(path)/data" : nil
  }()

  static func isFolder(_ path: String) -> Bool {
    guard let folder = opendir(path) else { return false }
    closedir(folder)
    return true
  }

  /// The JSON files below a folder, sorted.
  static func jsonFiles(below path: String) -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var found: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasPrefix(".") { continue }
      if name.hasSuffix(".json") {
        found.append("\(path)/\(name)")
      } else {
        found += jsonFiles(below: "\(path)/\(name)")
      }
    }
    return found.sorted()
  }

  static func read(_ path: String) -> [UInt8] {
    guard let file = fopen(path, "r") else { return [] }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&chunk, 1, chunk.count, file)
      if count == 0 { return bytes }
      bytes += chunk[0..<count]
    }
  }
}
