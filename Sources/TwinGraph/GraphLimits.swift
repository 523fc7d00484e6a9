/// How much one graph may hold. Each number is at least that of Azure Digital Twins.
public enum GraphLimits {
  /// Twins, deleted ones included until the world is compacted (Azure: 2,000,000).
  public static let twins = 200_000_000
  /// Relationships (Azure: 20,000,000).
  public static let relationships = 1_000_000_000
  /// Relationships that leave one twin, and that arrive at one (Azure: 50,000 each).
  public static let relationshipsPerSide = 50_000
  /// Models with a table of their own.
  public static let models = 65_535
  /// Distinct relationship names.
  public static let relationshipNames = 65_535
  /// Changes in one lineage (2^48 − 1).
  public static let changes: UInt64 = 1 << 48 - 1
  /// Event routes (Azure: 6).
  public static let eventRoutes = 256
  /// Bytes of an event route's id, endpoint and filter, each.
  public static let eventRouteTextBytes = 4096
  /// Records of one kind.
  public static let recordsPerKind = 100_000
  /// Bytes of a record's id.
  public static let recordIdBytes = 256
  /// Bytes of a record's JSON.
  public static let recordBytes = 256 << 10
  /// Bytes of one property's value.
  public static let valueBytes = 1 << 20
  /// Columns of one table that have page filters (4 bytes a twin each); looking for values in others scans.
  public static let filteredColumns = 16
  /// Rows a table must have before its columns get page filters.
  public static let filteredRows = 4096
  /// Outgoing relationships of a twin past which they are found by hash instead of by walking.
  static let hubDegree = 32
}
