/// How far a file has got.
public struct ExchangeProgress: Sendable {
  /// Bytes of the file taken.
  public var bytes: Int64 = 0
  /// Bytes of the whole file; 0 when nobody knows.
  public var totalBytes: Int64 = 0
  /// Records (models, twins, relationships, changes, rows) that are durable or written.
  public var records = 0
  /// Records that were left aside.
  public var rejected = 0

  /// The section of an import file that the last batch was of.
  public var section: ImportSection?

  /// Nothing yet.
  public init() {}

  init(bytes: Int64 = 0, totalBytes: Int64, records: Int = 0) {
    self.bytes = bytes
    self.totalBytes = totalBytes
    self.records = records
  }
}
