public import TwinValues

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A folder that an export writes files into; each appears under its name when it is whole.
public struct ExportFolder: Sendable {
  private let path: String

  /// Makes the folder, if it is not there yet.
  /// - Throws: `NuriError` with code `fileFailed`.
  public init(_ path: String) throws(NuriError) {
    self.path = path
    try ExportFolder.make(path)
  }

  /// Writes a file under a name in the folder, or in a folder in it: `tileset.json`, `roads/1_2.glb`.
  /// - Throws: `NuriError` with code `fileFailed`.
  public func write(_ name: String, _ bytes: [UInt8]) throws(NuriError) {
    if let end = name.lastIndex(of: "/") { try ExportFolder.make("\(path)/\(name[..<end])") }
    let file = try OutputFile(raw: "\(path)/\(name)", part: "\(path)/\(name).part")
    try file.write(bytes)
    try file.finish()
  }

  private static func make(_ path: String) throws(NuriError) {
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
      throw NuriError(.fileFailed, "The folder \(path) can't be made: \(FilePath.reason(errno)).")
    }
  }
}
