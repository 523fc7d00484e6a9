import Glibc
import ProofServers
import TwinEngine
import TwinValues

extension TemporaryFolder {
  /// Writes a file in the folder and returns its path.
  func file(_ name: String, _ text: String) throws -> String { try file(name, Array(text.utf8)) }

  func file(_ name: String, _ bytes: [UInt8]) throws -> String {
    let path = "\(path)/\(name)"
    try PosixFiles.write(bytes, to: path)
    return path
  }

  func engine() throws -> Engine { try Engine.create(at: "\(path)/data") }
}

enum PosixFiles {
  static func write(_ bytes: [UInt8], to path: String) throws {
    guard let file = fopen(path, "wb") else { throw NuriError(.fileFailed, "Can't write \(path).") }
    defer { fclose(file) }
    guard fwrite(bytes, 1, bytes.count, file) == bytes.count else {
      throw NuriError(.fileFailed, "Can't write \(path).")
    }
  }

  static func read(_ path: String) throws -> [UInt8] {
    guard let file = fopen(path, "rb") else { throw NuriError(.fileNotFound, "Can't read \(path).") }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&block, 1, block.count, file)
      if count == 0 { return bytes }
      bytes += block[..<count]
    }
  }

  static func text(_ path: String) throws -> String { String(decoding: try read(path), as: UTF8.self) }
}

/// Where the repository lies.
let repository = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
