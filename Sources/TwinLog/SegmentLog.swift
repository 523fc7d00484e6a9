public import TwinValues

/// An append-only log of frames in a folder of segment files. One writer, many readers.
///
/// The writer calls `append` any number of times and then `sync`: when `sync` returns, those frames are
/// durable and readers see them. Everything appended since the last `sync` becomes durable together or, after
/// a crash, may be lost from the end; nothing in the middle is ever lost silently.
///
/// Threads: `append`, `reserve`, `sync`, `discardUnsynced`, `lastSequence` and `close` belong to one writer,
/// called from one thread at a time. All else may be called from any thread at any time, also while the writer
/// works. The folder itself must be this process's alone: its owner takes `Disk.lockFolder` on the data folder.
///
/// `@unchecked Sendable`: `shared` is touched only while holding `lock`; the writer's own
/// fields only by the writer, as stated above.
public final class SegmentLog: @unchecked Sendable {
  let disk: any Disk
  /// The folder the segments are in.
  public let directory: String
  let options: SegmentLogOptions

  let lock = Lock()
  var shared: Shared
  let blockCache: BlockCache
  let sealedFiles: FileCache
  let sealing = Lock()

  // The writer's own.
  var pending = ByteBuffer()
  var pendingLast: UInt64
  var pendingRecorded: Int64
  var durableLast: UInt64
  var active: ActiveSegment?
  var spare: Spare?
  var failure: NuriError?
  var sealer: WorkThread?

  struct Shared {
    var segments: [SegmentEntry] = []
    var durableSequence: UInt64
    var isClosed = false
    var isSealing = false
    var sealFailure: NuriError?
  }

  /// A segment file made ahead of its use.
  struct Spare {
    let file: any DiskFile
    let capacity: Int
  }

  init(
    disk: any Disk, directory: String, options: SegmentLogOptions, segments: [SegmentEntry],
    active: ActiveSegment?
  ) {
    self.disk = disk
    self.directory = directory
    self.options = options
    let last = segments.last?.lastSequence ?? options.firstSequence - 1
    shared = Shared(segments: segments, durableSequence: last)
    pendingLast = last
    durableLast = last
    self.active = active
    pendingRecorded = segments.last?.lastRecorded ?? .min
    blockCache = BlockCache(limit: options.cachedBlocks)
    sealedFiles = FileCache(disk: disk, limit: 8)
  }

  /// The last sequence appended, synced or not; one less than the log's first when it is empty. Writer only.
  public var lastSequence: UInt64 { pendingLast }

  /// Why the log takes no more writes; `nil` while it does. Writer only.
  public var stopCause: NuriError? { failure }

  /// The last sequence that is durable, which is also the last that readers see.
  public var durableSequence: UInt64 { lock.withLock { shared.durableSequence } }

  /// Bytes that the changes take on disk: up to the last frame of a segment, compressed where it is sealed.
  public var storedBytes: Int {
    lock.withLock {
      shared.segments.reduce(0) { sum, segment in
        guard case .sealed(let index) = segment.content else { return sum + segment.dataEnd }
        return sum + (index.blocks.last.map { Int($0.storedOffset) + Int($0.storedBytes) } ?? 0)
      }
    }
  }

  /// The sequence the log begins with, present or to come.
  public var firstSequence: UInt64 {
    lock.withLock { shared.segments.first?.header.firstSequence ?? options.firstSequence }
  }

  /// The recorded time of the last durable frame, in microseconds; `nil` when the log is empty.
  public var lastRecorded: Int64? {
    lock.withLock {
      guard let last = shared.segments.last, shared.durableSequence >= firstSequenceLocked else { return nil }
      return last.lastRecorded
    }
  }

  private var firstSequenceLocked: UInt64 {
    shared.segments.first?.header.firstSequence ?? options.firstSequence
  }

  /// What a payload of `bytes` takes up, to be summed for `reserve`.
  public static func frameBytes(payload bytes: Int) -> Int { FrameLayout.storedBytes(payload: bytes) }
}
