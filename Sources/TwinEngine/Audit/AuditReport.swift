public import TwinIdentity
public import TwinValues

/// What verifying an audit log found.
public struct AuditReport: Sendable {
  /// Entries looked at.
  public internal(set) var entries: UInt64 = 0
  /// The first entry that is still there; 0 when there is none. Above 1 when old ones were dropped.
  public internal(set) var first: UInt64 = 0
  /// The last entry; 0 when there is none.
  public internal(set) var last: UInt64 = 0
  /// Its hash.
  public internal(set) var hash = Digest.zero
  /// Signatures that were checked and are good.
  public internal(set) var signatures: UInt64 = 0
  /// The last entry that a good signature covers.
  public internal(set) var signedThrough: UInt64 = 0
  /// Bytes of an unfinished line at the end: one that is being written, or that a crash cut.
  public internal(set) var unfinishedBytes = 0
  /// How many things are wrong.
  public internal(set) var faultCount = 0
  /// What is wrong, with entry and line: the first `AuditLimits.listedFaults`.
  public internal(set) var faults: [NuriError] = []

  /// Whether everything is as it was written.
  public var isWhole: Bool { faultCount == 0 }
  /// Entries at the end that only the chain of hashes covers, not yet a signature.
  public var unsigned: UInt64 { last - min(last, signedThrough) }

  mutating func note(_ code: NuriError.Code, _ message: String, at place: String) {
    faultCount += 1
    if faults.count < AuditLimits.listedFaults { faults.append(NuriError(code, message, at: place)) }
  }
}
