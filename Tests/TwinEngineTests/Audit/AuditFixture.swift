import TwinIdentity
import TwinLog
import TwinStorm
import TwinValues

@testable import TwinEngine

/// A clock that tests move.
struct AuditClock: WorldClock {
  let clock = SimulatedClock()
  func now() -> Instant { clock.now }
}

/// An audit log on a simulated disk.
struct AuditFixture {
  static let folder = "data/audit"
  let disk: SimulatedDisk
  let clock = AuditClock()

  init(seed: UInt64 = 1) { disk = SimulatedDisk(seed: seed) }

  func open(segmentBytes: Int = AuditLimits.segmentBytes, on other: SimulatedDisk? = nil) throws(NuriError)
    -> AuditLog
  {
    try AuditLog.open(
      Self.folder, disk: other ?? disk, clock: clock, segmentBytes: segmentBytes, worksInBackground: false)
  }

  static func entry(_ number: Int) -> AuditEntry {
    AuditEntry(
      number % 3 == 0 ? "twin.patch" : "key.create", principal: "key:\(number % 5)",
      address: "10.0.0.\(number)",
      request: "r-\(number)", world: number % 2 == 0 ? "live" : "plan", target: "pump-\(number)",
      cause: "because \"\(number)\" 물\n", outcome: AuditEntry.Outcome.allCases[number % 3],
      code: number % 3 == 0 ? "" : "forbidden",
      changes: number % 3 == 0 ? UInt64(number)...UInt64(number + 2) : nil)
  }

  /// A closed log of so many entries (and those the log makes itself), flushed every few.
  func fill(_ count: Int, segmentBytes: Int = AuditLimits.segmentBytes) throws(NuriError) {
    let log = try open(segmentBytes: segmentBytes)
    for number in 1...count {
      log.append(Self.entry(number))
      clock.clock.advance(microseconds: 400_000)
      if number % 4 == 0 { try log.flush() }
    }
    try log.close()
  }

  func verify(
    _ other: SimulatedDisk? = nil, expected: AuditHead? = nil, key: Ed25519.PublicKey? = nil
  ) throws(NuriError) -> AuditReport {
    try AuditVerifier.verify(Self.folder, disk: other ?? disk, expectedHead: expected, publicKey: key)
  }

  /// The segments' paths, oldest first.
  var segments: [String] { disk.paths.filter { $0.hasSuffix(".ndjson") } }

  /// The log's lines with their line feeds, of the first segment.
  func lines(_ path: String) -> [[UInt8]] {
    (disk.bytes(of: path) ?? []).split(separator: 10, omittingEmptySubsequences: false).dropLast().map {
      Array($0) + [10]
    }
  }

  /// Faults after a segment was given other lines.
  func faults(with lines: [[UInt8]], in path: String) throws(NuriError) -> [NuriError] {
    let copy = disk.copy(seed: 7)
    copy.damage(path) { $0 = lines.flatMap { $0 } }
    return try verify(copy).faults
  }
}
