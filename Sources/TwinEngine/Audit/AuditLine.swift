import TwinIdentity
import TwinValues

/// An entry as one line of JSON that ends with its hash: `{"number":…,…,"hash":"…"}`.
///
/// The hash is SHA-256 over the 32 bytes of the previous entry's hash (zeros before the first) and the line's bytes
/// as they stand, up to the comma before `"hash"`. So there is no canonical form to agree on: what is on disk is what
/// is hashed.
enum AuditLine {
  private static let suffixStart = Array(",\"hash\":\"".utf8)
  private static let suffixEnd = Array("\"}".utf8)
  private static let suffixBytes = 9 + 64 + 2
  private static let numberStart = Array("{\"number\":".utf8)

  /// Adds an entry's line to `bytes` and returns its hash. The writer is scratch space.
  static func append(
    _ entry: AuditEntry, after previous: Digest, to bytes: inout [UInt8], _ writer: inout JSONWriter
  ) -> Digest {
    writer.reset()
    writer.beginObject()
    entry.writeMembers(into: &writer)
    let hash = hash(writer.bytes[...], after: previous)
    bytes += writer.bytes
    bytes += suffixStart
    bytes += hash.hex.utf8
    bytes += suffixEnd
    bytes.append(UInt8(ascii: "\n"))
    return hash
  }

  /// The hash of an entry with this body.
  static func hash(_ body: ArraySlice<UInt8>, after previous: Digest) -> Digest {
    var hash = SHA256()
    hash.update(previous)
    body.withUnsafeBytes { hash.update($0) }
    return hash.finish()
  }

  /// A line (without its line feed) taken apart; `nil` when it has not the form of one.
  static func split(_ line: ArraySlice<UInt8>) -> (body: ArraySlice<UInt8>, hash: Digest)? {
    guard line.count > suffixBytes else { return nil }
    let suffix = line.suffix(suffixBytes)
    let hex = suffix.dropFirst(suffixStart.count).dropLast(suffixEnd.count)
    guard suffix.starts(with: suffixStart), suffix.suffix(suffixEnd.count).elementsEqual(suffixEnd),
      let hash = Digest(hex: String(decoding: hex, as: UTF8.self))
    else { return nil }
    return (line.dropLast(suffixBytes), hash)
  }

  /// The number a line starts with, without reading the rest.
  static func number(_ line: ArraySlice<UInt8>) -> UInt64? {
    guard line.starts(with: numberStart) else { return nil }
    var number: UInt64 = 0
    for byte in line.dropFirst(numberStart.count).prefix(20) {
      guard (48...57).contains(byte) else { return byte == UInt8(ascii: ",") ? number : nil }
      let (tens, isTooMuch) = number.multipliedReportingOverflow(by: 10)
      let (sum, isTooMuchYet) = tens.addingReportingOverflow(UInt64(byte - 48))
      if isTooMuch || isTooMuchYet { return nil }
      number = sum
    }
    return nil
  }

  /// The entry of a line; `nil` when it is none.
  static func entry(_ line: ArraySlice<UInt8>) -> AuditEntry? {
    let limits = JSONLimits(maximumDepth: 4, maximumBytes: AuditLimits.lineBytes)
    guard let root = (try? JSONDocument(Array(line), limits: limits))?.root,
      let number = root["number"]?.uint64, let time = root["time"]?.string.flatMap({ try? Instant($0) }),
      let action = root["action"]?.string,
      let outcome = root["outcome"]?.string.flatMap(AuditEntry.Outcome.init)
    else { return nil }
    func text(_ name: String) -> String { root[name]?.string ?? "" }
    var entry = AuditEntry(
      action, principal: text("principal"), address: text("address"), request: text("request"),
      world: text("world"), target: text("target"), cause: text("cause"), outcome: outcome, code: text("code")
    )
    entry.number = number
    entry.time = time
    if let first = root["first"]?.uint64, let last = root["last"]?.uint64, first <= last {
      entry.changes = first...last
    }
    if let head = root["head"] {
      guard let signed = AuditHead(head) else { return nil }
      entry.head = signed
    }
    return entry
  }
}
