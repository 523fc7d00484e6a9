/// How a log is laid out. All sizes in bytes.
public struct SegmentLogOptions: Sendable {
  /// The first sequence of a log that is still empty; one that has segments must begin with it. At least 1.
  public var firstSequence: UInt64 = 1
  /// The size of the first segment. Each next one is four times larger up to `segmentBytes`.
  public var firstSegmentBytes: Int
  /// The size of full-grown segments. At most 1 GiB.
  public var segmentBytes: Int
  /// The largest frame `append` takes, header included.
  public var maximumFrameBytes: Int = 64 << 20
  /// How much may wait for `sync`.
  public var maximumPendingBytes: Int = 256 << 20
  /// Whether a thread compresses each segment as it fills up; otherwise call `sealFullSegments`.
  public var sealsInBackground: Bool = false
  /// zstd's level for sealed segments.
  public var sealLevel: Int32 = 3
  /// How many decompressed blocks (about 128 KiB each) random access keeps.
  public var cachedBlocks: Int = 32

  /// The largest segment there can be.
  public static let segmentBytesLimit = 1 << 30

  /// Sizes given by hand.
  public init(firstSegmentBytes: Int, segmentBytes: Int) {
    self.firstSegmentBytes = firstSegmentBytes
    self.segmentBytes = segmentBytes
  }

  /// For the busy log of a live world: 64 MiB segments.
  public static let busy = SegmentLogOptions(firstSegmentBytes: 64 << 20, segmentBytes: 64 << 20)
  /// For a fork's log: starts with 64 KiB and keeps few blocks, so that thousands are cheap.
  public static let fork: SegmentLogOptions = {
    var options = SegmentLogOptions(firstSegmentBytes: 64 << 10, segmentBytes: 64 << 20)
    options.cachedBlocks = 4
    return options
  }()
}
