public import TwinValues

/// Reading one twin out of an archive, without the rest. Where things lie in a section is known here and in `write`
/// and `read`, nowhere else.
extension GraphArchive {
  /// Fills the buffer with a section's bytes from an offset on, wholly, or throws.
  public typealias PlacedSource = (
    _ section: String, _ offset: UInt64, _ buffer: UnsafeMutableRawBufferPointer
  ) throws(NuriError) -> Void

  /// The last change of a twin as of when the archive was written, as `Graph.lastSequences(ofTwin:)` would tell;
  /// 0 when the twin came later.
  ///
  /// Slots stay the same within a lineage. Whether the archive is of the twin's lineage can't be seen from the record:
  /// compare the id in the change it names.
  /// - Throws: what `source` throws.
  public static func lastSequence(of twin: TwinRef, in source: PlacedSource) throws(NuriError) -> UInt64 {
    // Section "twins": the number of living twins, the number of records, the records.
    var slots: UInt64 = 0
    try withUnsafeMutableBytes(of: &slots) { (raw) throws(NuriError) in try source("twins", 8, raw) }
    guard twin.slot < UInt64(littleEndian: slots) else { return 0 }
    var record = TwinRecord()
    let offset = 16 + UInt64(twin.slot) * UInt64(MemoryLayout<TwinRecord>.stride)
    try withUnsafeMutableBytes(of: &record) { (raw) throws(NuriError) in try source("twins", offset, raw) }
    return record.sequence
  }
}
