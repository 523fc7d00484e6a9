import TwinIdentity
import TwinLog
import TwinValues

/// The files of an audit log: `head`, `key.pem`, `public.pem`, segments `log-<first entry>.ndjson`, and what crashes
/// left, `cut-<entry>`. A backup reads them in this order: a head is never newer than the log beside it.
struct AuditFolder {
  let disk: any Disk
  let path: String

  /// A file of entries.
  struct Segment: Equatable {
    /// The number of its first entry.
    let first: UInt64
    /// Where it is.
    let path: String
    /// Its name alone.
    let name: String
  }

  private static let prefix = "log-"
  private static let suffix = ".ndjson"

  func segment(_ first: UInt64) -> Segment {
    let digits = String(first)
    let name = Self.prefix + String(repeating: "0", count: 20 - digits.count) + digits + Self.suffix
    return Segment(first: first, path: "\(path)/\(name)", name: name)
  }

  /// The segments, oldest first.
  func segments() throws(NuriError) -> [Segment] {
    try disk.list(path).compactMap { entry in
      guard entry.name.hasPrefix(Self.prefix), entry.name.hasSuffix(Self.suffix), !entry.isDirectory,
        let first = UInt64(entry.name.dropFirst(Self.prefix.count).dropLast(Self.suffix.count)),
        segment(first).name == entry.name
      else { return nil }
      return segment(first)
    }
  }

  /// The signed head; `nil` when there is none yet.
  func head() throws(NuriError) -> AuditHead? {
    guard let bytes = try file("head") else { return nil }
    do { return try AuditHead(String(decoding: bytes, as: UTF8.self)) } catch {
      throw NuriError(
        .auditForged, "The signed head can't be read.", at: "\(path)/head",
        advice: "Compare the log with a head kept elsewhere.")
    }
  }

  func replaceHead(_ head: AuditHead) throws(NuriError) {
    try disk.replaceFile("\(path)/head", with: Array((head.text + "\n").utf8))
  }

  /// The key that checks signatures.
  func publicKey() throws(NuriError) -> Ed25519.PublicKey {
    guard let bytes = try file("public.pem") else {
      throw NuriError(
        .fileMissing, "The audit log's public key is missing.", at: "\(path)/public.pem",
        advice: "Is this the folder of a server? It makes the key when it first starts.")
    }
    return try key { () throws(NuriError) in
      try Ed25519.PublicKey(pem: String(decoding: bytes, as: UTF8.self))
    }
  }

  /// The key that signs, made when there is neither key nor log.
  func privateKey(mayMake: Bool) throws(NuriError) -> Ed25519.PrivateKey {
    if let bytes = try file("key.pem") {
      let found = try key { () throws(NuriError) in
        try Ed25519.PrivateKey(pem: String(decoding: bytes, as: UTF8.self))
      }
      if try file("public.pem") == nil { try keep(found.publicKey) }
      return found
    }
    guard mayMake else {
      throw NuriError(
        .corrupt, "The audit log's signing key is missing.", at: "\(path)/key.pem",
        advice: "Bring the file back, or move the folder audit away to begin a new log.")
    }
    let made = try Ed25519.PrivateKey()
    try keep(made.publicKey)
    try disk.replaceFile("\(path)/key.pem", with: Array(made.pem().utf8), isPrivate: true)
    return made
  }

  private func keep(_ key: Ed25519.PublicKey) throws(NuriError) {
    try disk.replaceFile("\(path)/public.pem", with: Array(key.pem().utf8))
  }

  private func key<K>(_ body: () throws(NuriError) -> K) throws(NuriError) -> K {
    do { return try body() } catch { throw error.inside(path) }
  }

  private func file(_ name: String) throws(NuriError) -> [UInt8]? {
    do { return try disk.readFile("\(path)/\(name)", limit: 64 << 10) } catch {
      guard error.code == .fileMissing else { throw error }
      return nil
    }
  }
}
