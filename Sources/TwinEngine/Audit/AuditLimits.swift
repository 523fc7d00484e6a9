/// Bounds of the audit log, each with its number.
public enum AuditLimits {
  /// Longest name of a principal, in bytes; longer texts are cut, as all below.
  public static let principalBytes = 256
  /// Longest address, world, request id or error code, in bytes.
  public static let nameBytes = 128
  /// Longest action, in bytes.
  public static let actionBytes = 64
  /// Longest target and cause, in bytes.
  public static let textBytes = 1024
  /// Longest line of the log, in bytes: every text at its longest and escaped at its worst stays below.
  public static let lineBytes = 32 << 10
  /// Memory that entries which wait for the disk may take, in bytes; past it they are lost and counted.
  public static let pendingBytes = 8 << 20
  /// Largest segment file, in bytes; the last write to one may pass it by as much as may wait.
  public static let segmentBytes = 8 << 20
  /// Longest that an entry waits to be written, in milliseconds, while the disk takes writes.
  public static let flushMilliseconds = 100
  /// Bytes of waiting entries that are written at once.
  public static let flushBytes = 256 << 10
  /// Longest between an entry on disk and a signature over it, in milliseconds.
  public static let checkpointMilliseconds = 1000
  /// Most entries between two signatures.
  public static let checkpointEntries: UInt64 = 4096
  /// Most entries that one question may return.
  public static let pageEntries = 1000
  /// Most entries that one question looks at before it hands out a page with what it has.
  public static let scannedEntries = 200_000
  /// Most faults that verifying lists one by one.
  public static let listedFaults = 100
}
