import TwinValues

/// The list of a backup's files. Text: a first line `nuri-backup 1`, one line `<checksum> <bytes> <path>` for
/// each file, a last line `end <files> <checksum of all lines before>`; checksums are CRC-32C in hexadecimal.
struct BackupManifest {
  struct File {
    let path: String
    let bytes: UInt64
    let checksum: UInt32
  }

  static let firstLine = "nuri-backup 1"
  var files: [File] = []

  func encode() -> [UInt8] {
    var text = Self.firstLine + "\n"
    for file in files { text += "\(String(file.checksum, radix: 16)) \(file.bytes) \(file.path)\n" }
    let sum = Self.checksum(text.utf8)
    return Array((text + "end \(files.count) \(String(sum, radix: 16))\n").utf8)
  }

  static func decode(_ bytes: [UInt8], path: String) throws(NuriError) -> BackupManifest {
    let damaged = NuriError.corrupt("The backup's list of files is damaged.", path, 0)
    let lines = String(decoding: bytes, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    guard lines.count >= 3, lines[lines.count - 1].isEmpty else { throw damaged }
    let body = lines.dropLast(2)
    let end = lines[lines.count - 2].split(separator: " ")
    let text = body.map { $0 + "\n" }.joined()
    guard end.count == 3, end[0] == "end", Int(end[1]) == body.count - 1,
      UInt32(end[2], radix: 16) == checksum(text.utf8)
    else { throw damaged }
    guard let first = body.first, first == Self.firstLine else {
      throw NuriError(
        .newerFormat, "The backup's list of files has another format.", at: path,
        advice: "Use a newer version of this program.")
    }
    var manifest = BackupManifest()
    for line in body.dropFirst() {
      let parts = line.split(separator: " ", maxSplits: 2)
      guard parts.count == 3, let sum = UInt32(parts[0], radix: 16), let size = UInt64(parts[1]),
        isInside(String(parts[2]))
      else { throw damaged }
      manifest.files.append(File(path: String(parts[2]), bytes: size, checksum: sum))
    }
    return manifest
  }

  /// Whether a path stays below the folder it is taken from.
  private static func isInside(_ path: String) -> Bool {
    path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy {
      !$0.isEmpty && $0 != "." && $0 != ".."
    }
  }

  private static func checksum(_ text: some Collection<UInt8>) -> UInt32 {
    Array(text).withUnsafeBytes { bytes in
      bytes.baseAddress.map { TwinLog.checksum($0, bytes.count) } ?? 0
    }
  }
}
