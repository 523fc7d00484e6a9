public import TwinIdentity
public import TwinLog
public import TwinValues

/// Who did what, from where, why and with what outcome: an append-only log of JSON lines in which every line's hash
/// covers all lines before it, and signatures cover the hashes. `AuditVerifier` checks it, `AuditReader` reads it.
///
/// `append` only puts an entry in memory; one background thread writes, at the latest 100 ms later. `appendDurably`
/// returns when the entry is on disk. Any thread.
///
/// `@unchecked Sendable`: everything mutable is touched while holding `monitor`, the writer while holding `turn`.
public final class AuditLog: @unchecked Sendable {
  /// What opening a log found.
  public struct Opening: Sendable, Equatable {
    /// Entries that were there.
    public let entries: UInt64
    /// Bytes of an unfinished end that a crash left and that were cut off; kept in `audit/cut-…`.
    public let cutBytes: UInt64
  }

  /// The name of the log's folder in a data folder.
  public static let folderName = "audit"

  /// What opening found.
  public let opening: Opening
  /// The key that checks this log's signatures.
  public var publicKey: Ed25519.PublicKey { writer.key.publicKey }

  private typealias Waiter = (NuriError?) -> Void

  let clock: any WorldClock
  private let folderLock: any FolderLock
  /// Whoever holds it may use `writer`. Taken before `monitor`.
  private let turn = Lock()
  private let writer: AuditWriter
  private let monitor = Monitor()
  private var pending: [AuditEntry] = []
  private var pendingMemory = 0
  /// Memory of entries that the writer took and has not yet brought to the disk.
  private var writingMemory = 0
  private var waiters: [Waiter] = []
  private var lost: UInt64 = 0
  private var lostInAll: UInt64 = 0
  private var failure: NuriError?
  private var isUnsigned = false
  private var isClosed = false
  private var thread: WorkThread?

  /// Opens the log in a folder, making it when there is none. An unfinished end that a crash left is cut off, kept
  /// beside the log, and recorded as an entry.
  /// - Parameters:
  ///   - folder: `AuditLog.folder(in:)` of a data folder.
  ///   - segmentBytes: when a file of entries is full.
  ///   - worksInBackground: whether a thread writes; without, `flush` does (tests that replay a seed).
  /// - Throws: `corrupt` when entries that were signed are missing or changed, `locked`, or what the disk refuses.
  public static func open(
    _ folder: String, disk: any Disk = PosixDisk(), clock: any WorldClock = SystemClock(),
    segmentBytes: Int = AuditLimits.segmentBytes, worksInBackground: Bool = true
  ) throws(NuriError) -> AuditLog {
    try disk.makeDirectories(folder)
    let folderLock = try disk.lockFolder(folder)
    do {
      let log = try AuditLog(AuditFolder(disk: disk, path: folder), folderLock, clock, segmentBytes)
      try log.start(worksInBackground)
      return log
    } catch {
      folderLock.release()
      throw error
    }
  }

  /// Where the audit log of a data folder lies.
  public static func folder(in dataFolder: String) -> String { "\(dataFolder)/\(folderName)" }

  private init(
    _ folder: AuditFolder, _ folderLock: any FolderLock, _ clock: any WorldClock, _ segmentBytes: Int
  ) throws(NuriError) {
    self.clock = clock
    self.folderLock = folderLock
    let (writer, cut) = try Self.recover(folder, segmentBytes)
    self.writer = writer
    opening = Opening(entries: writer.number, cutBytes: cut)
    if cut > 0 {
      enter(AuditAction.cut, "An unfinished end of \(cut) bytes was cut off.")
    }
    enter(AuditAction.start, "key \(Base64URL.encode(writer.key.publicKey.bytes))")
  }

  private func enter(_ action: String, _ cause: String) {
    var entry = AuditEntry(action, principal: "", cause: cause)
    entry.time = clock.now()
    pending.append(entry)
  }

  private func start(_ worksInBackground: Bool) throws(NuriError) {
    try write(isForced: true)
    guard worksInBackground else { return }
    thread = WorkThread { [self] in work() }
    if thread == nil { throw NuriError(.unavailable, "The system gives no thread for the audit log.") }
  }

  /// Puts an entry in the queue; it is on disk within 100 ms while the disk takes writes. Returns `false` when too
  /// much waits already: the entry is lost then, and the log will say how many were.
  @discardableResult
  public func append(_ entry: AuditEntry) -> Bool { enqueue(entry, nil) }

  /// Enters something and waits until it is on disk: for changes of access and whatever else may not be lost.
  /// - Throws: `unavailable` when the disk refuses or too much waits. The entry stays in the queue in the first case.
  public func appendDurably(_ entry: AuditEntry) async throws(NuriError) {
    let refusal: NuriError? = await withCheckedContinuation { continuation in
      enqueue(entry) { continuation.resume(returning: $0) }
    }
    if let refusal { throw refusal }
  }

  /// The same for callers that may block their thread.
  /// - Throws: as above.
  public func appendAndWait(_ entry: AuditEntry) throws(NuriError) {
    let answer = AuditAnswer()
    enqueue(entry) { answer.give($0) }
    if let refusal = answer.wait() { throw refusal }
  }

  @discardableResult
  private func enqueue(_ entry: AuditEntry, _ waiter: Waiter?) -> Bool {
    var entry = entry
    let memory = entry.memory
    let refusal: NuriError? = monitor.withLock {
      guard !isClosed else { return Self.unavailable("The audit log is closed.") }
      guard pendingMemory + writingMemory + memory <= AuditLimits.pendingBytes else {
        lost += 1
        lostInAll += 1
        return Self.unavailable("Too many audit entries wait for the disk.")
      }
      // Here, so that times don't go back along the log.
      entry.time = clock.now()
      pending.append(entry)
      pendingMemory += memory
      if let waiter { waiters.append(waiter) }
      if pending.count == 1 || waiter != nil || pendingMemory >= AuditLimits.flushBytes {
        monitor.notifyAll()
      }
      return nil
    }
    if let refusal {
      waiter?(refusal)
      return false
    }
    if waiter != nil, thread == nil { try? flush() }
    return true
  }

  private static func unavailable(_ message: String) -> NuriError {
    NuriError(
      .unavailable, message, at: folderName,
      advice: "Make room on the disk that holds the data folder; nothing is changed without being audited.")
  }

  /// Whether the log can't be relied on right now: the disk refuses, too much waits, or it is closed. The server says
  /// so in `/ready` and refuses to change anything.
  public var isFailing: Bool {
    monitor.withLock {
      isClosed || failure != nil || pendingMemory + writingMemory >= AuditLimits.pendingBytes / 2
    }
  }

  /// Why the disk refused last; `nil` while all is well.
  public var lastFailure: NuriError? { monitor.withLock { failure } }

  /// Entries that were lost since the log was opened because too many waited.
  public var lostEntries: UInt64 { monitor.withLock { lostInAll } }

  /// Brings everything to the disk now.
  /// - Throws: what the disk refuses; the entries stay in the queue.
  public func flush() throws(NuriError) { try write(isForced: false) }

  /// Brings everything to the disk and signs it.
  /// - Throws: as `flush` does.
  public func checkpoint() throws(NuriError) { try write(isForced: true) }

  /// Brings everything to the disk, signs it and closes the log. Calling twice is harmless.
  /// - Throws: what the disk refuses; the log is closed all the same.
  public func close() throws(NuriError) {
    let isFirst: Bool = monitor.withLock {
      defer { isClosed = true }
      monitor.notifyAll()
      return !isClosed
    }
    guard isFirst else { return }
    defer { folderLock.release() }
    thread?.join()
    defer { turn.withLock { writer.close() } }
    try write(isForced: true)
  }

  /// The background thread: waits for entries, lets a few come together, writes them.
  private func work() {
    while true {
      let isDone: Bool = monitor.withLock {
        while !isClosed, pending.isEmpty, failure == nil, !isUnsigned { monitor.wait() }
        // A few come together, unless someone waits for the disk or much has gathered. After a failure the disk gets
        // its time too, however much waits.
        while !isClosed {
          let hurries = !waiters.isEmpty || pendingMemory >= AuditLimits.flushBytes
          if hurries && failure == nil { break }
          let isIdle = pending.isEmpty && failure == nil
          let patience = isIdle ? AuditLimits.checkpointMilliseconds : AuditLimits.flushMilliseconds
          if !monitor.wait(milliseconds: patience) { break }
        }
        return isClosed
      }
      if isDone { return }
      try? flush()
    }
  }

  private func write(isForced: Bool) throws(NuriError) {
    try turn.withLock { () throws(NuriError) in
      // What the log says of itself waits until the disk takes entries again: there is no end to trying.
      let wasBehind = writer.isBehind
      let (entries, memory, told, gap) = monitor.withLock { () -> ([AuditEntry], Int, [Waiter], UInt64) in
        defer {
          pending = []
          pendingMemory = 0
          waiters = []
          if !wasBehind { lost = 0 }
        }
        writingMemory += pendingMemory
        return (pending, writingMemory, waiters, wasBehind ? 0 : lost)
      }
      for entry in entries { writer.add(entry) }
      if gap > 0 { addGap(gap) }
      var failed: NuriError?
      do throws(NuriError) {
        if isForced || !wasBehind { try writer.sign(at: clock.now(), isForced: isForced) }
        try writer.flush()
      } catch { failed = error }
      monitor.withLock {
        failure = failed
        if failed == nil { writingMemory -= memory }
        isUnsigned = writer.number > writer.signedNumber
      }
      let refusal = failed.map {
        NuriError(
          .unavailable, "The audit log can't be written: \($0.message)", at: $0.place, advice: $0.advice)
      }
      for tell in told { tell(refusal) }
      if let failed { throw failed }
    }
  }

  /// Runs `body` with the writer, after everything that waits has been written.
  func withWriter<R>(_ body: (AuditWriter) throws(NuriError) -> R) throws(NuriError) -> R {
    try flush()
    return try turn.withLock { () throws(NuriError) in try body(writer) }
  }

  private func addGap(_ count: UInt64) {
    var entry = AuditEntry(
      AuditAction.gap, principal: "", cause: "\(count) entries were lost while the disk took none.",
      outcome: .failed)
    entry.time = clock.now()
    writer.add(entry)
  }
}

/// One answer, for a thread that waits for it.
///
/// `@unchecked Sendable`: the answer is touched only while holding `monitor`.
private final class AuditAnswer: @unchecked Sendable {
  private let monitor = Monitor()
  private var answer: NuriError??

  func give(_ refusal: NuriError?) {
    monitor.withLock {
      answer = .some(refusal)
      monitor.notifyAll()
    }
  }

  func wait() -> NuriError? {
    monitor.withLock {
      while true {
        if let answer { return answer }
        monitor.wait()
      }
    }
  }
}
