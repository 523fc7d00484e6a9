import Testing
import TwinLog
import TwinStorm
import TwinValues

/// What a log should hold, and the log, driven by a seed through crashes and faults.
struct LogStorm {
  struct Entry: Equatable {
    let first: UInt64
    let count: Int
    let recorded: Int64
    let payload: [UInt8]
  }

  var seed: Seed
  var disk: SimulatedDisk
  var log: SegmentLog
  let options: SegmentLogOptions
  var acknowledged: [Entry] = []
  /// Appended and not acknowledged.
  var pending: [Entry] = []
  /// Whether `pending` may have reached the disk.
  var isInDoubt = false
  var recorded: Int64 = 1000
  var trace: [String] = []
  /// An error that an append should not have thrown.
  var unexpected: NuriError?
  var checkpoints: [UInt64: [UInt8]] = [:]

  init(seed value: UInt64) throws(NuriError) {
    seed = Seed(value)
    disk = SimulatedDisk(seed: value &+ 1)
    var options = SegmentLogOptions(
      firstSegmentBytes: [2048, 4096, 16384][seed.below(3)],
      segmentBytes: [8192, 32768, 300_000][seed.below(3)])
    options.firstSequence = UInt64(1 + seed.below(2) * 500)
    options.cachedBlocks = 2
    self.options = options
    log = try SegmentLog.open(disk: disk, directory: "data/log", options: options).log
  }

  /// Runs some steps; then the log must be whole.
  mutating func run(steps: Int) throws(NuriError) {
    for _ in 0..<steps {
      try step()
    }
    try recover(crashing: true)
    try check()
    try damageOneByte()
  }

  /// Flips a bit of the log's files, closed in order: an error, or nothing that was acknowledged changes.
  private mutating func damageOneByte() throws(NuriError) {
    try log.close()
    let files = disk.paths.filter { $0.hasPrefix("data/log/") }
    guard let path = files.randomElement(using: &seed), let size = disk.bytes(of: path)?.count else { return }
    let at = seed.below(size)
    let bit = UInt8(1 << seed.below(8))
    trace.append("flip \(bit) of byte \(at) of \(path)")
    disk.damage(path) { $0[at] ^= bit }
    let faults = try SegmentLog.verify(
      disk: disk, directory: "data/log", firstSequence: options.firstSequence
    ).faults
    do throws(NuriError) {
      log = try SegmentLog.open(disk: disk, directory: "data/log", options: options).log
      try hold(entries() == acknowledged, "damage was not noticed")
    } catch {
      if error.code != .corrupt && error.code != .newerFormat { throw error }
      try hold(!faults.isEmpty, "verify did not notice damage: \(error)")
    }
  }

  private mutating func step() throws(NuriError) {
    switch seed.below(33) {
    case 0..<12: append()
    case 12..<20: try sync()
    case 20: discard()
    case 21:
      try attempt("reserve") { (storm) throws(NuriError) in try storm.log.reserve(storm.seed.below(20_000)) }
    case 22: try attempt("seal") { (storm) throws(NuriError) in try storm.log.sealFullSegments() }
    case 23: try attempt("check") { (storm) throws(NuriError) in try storm.check() }
    case 24: try recover(crashing: true)
    case 25: try recover(crashing: false)
    case 26: disk.faults.powerOffAfter = seed.below(40)
    case 27: disk.faults.capacityBytes = disk.bytesInUse + seed.below(20_000)
    case 28:
      if seed.chance(1, in: 3) { disk.faults.failingSyncs = 1 + seed.below(5) }
    case 29:
      if seed.chance(1, in: 3) { disk.faults.failingWrites = 1 + seed.below(5) }
    case 30:
      if seed.chance(1, in: 3) { disk.faults.failingReads = 1 + seed.below(5) }
    case 31: try attempt("backup") { (storm) throws(NuriError) in try storm.backup() }
    default: try checkpoint()
    }
  }

  private mutating func append() {
    for _ in 0...seed.below(3) {
      let count = 1 + seed.below(4)
      recorded += Int64(seed.below(3))
      let entry = Entry(
        first: log.lastSequence + 1, count: count, recorded: recorded,
        payload: seed.bytes(seed.below(seed.chance(1, in: 20) ? 9000 : 300)))
      do throws(NuriError) {
        try log.put(entry.payload, count: count, at: recorded)
        pending.append(entry)
      } catch {
        trace.append("append: \(error)")
        unexpected = unexpected ?? (error.code == .logStopped ? nil : error)
      }
    }
  }

  private mutating func sync() throws(NuriError) {
    trace.append("sync \(pending.count)")
    do throws(NuriError) {
      try log.sync()
      acknowledged += pending
      pending = []
    } catch {
      trace.append("sync: \(error)")
      try forgive(error)
      if log.stopCause != nil { isInDoubt = true }
    }
  }

  private mutating func discard() {
    trace.append("discard")
    log.discardUnsynced()
    if !isInDoubt { pending = [] }
  }

  private mutating func attempt(
    _ what: String, _ body: (inout LogStorm) throws(NuriError) -> Void
  ) throws(NuriError) {
    trace.append(what)
    do throws(NuriError) { try body(&self) } catch {
      trace.append("\(what): \(error)")
      try forgive(error)
    }
  }

  /// Lets faults that were asked for pass.
  private mutating func forgive(_ error: NuriError) throws(NuriError) {
    switch error.code {
    case .diskFull where disk.faults.capacityBytes != nil: disk.faults.capacityBytes = nil
    case .logStopped: break
    case .ioError where disk.lostPower || disk.hasFaults: break
    default: throw error
    }
  }

  private mutating func checkpoint() throws(NuriError) {
    let sequence = log.durableSequence
    let content = seed.bytes(seed.below(10_000))
    trace.append("checkpoint \(sequence)")
    do throws(NuriError) {
      try writeCheckpoint(disk, sequence, [("state", content)], helpers: 0)
      checkpoints[sequence] = content
    } catch {
      try forgive(error)
      // An older file of the same sequence may have been replaced or not.
      checkpoints[sequence] = nil
    }
  }

  /// Copies the log; what was acknowledged must be in the copy.
  private mutating func backup() throws(NuriError) {
    if let old = try? disk.list("data/backup"), !old.isEmpty { try disk.removeTree("data/backup") }
    let limit = log.durableSequence
    _ = try BackupCopy.copy(disk: disk, from: "data/log", to: "data/backup", durableSequence: { _ in limit })
    try hold(BackupCopy.verify(disk: disk, directory: "data/backup").isEmpty, "a backup is damaged")
    let copy = try SegmentLog.open(disk: disk, directory: "data/backup", options: options).log
    try hold(copy.durableSequence == limit, "a backup ends at \(copy.durableSequence), not \(limit)")
    try hold(copy.payloads() == acknowledged.map(\.payload), "a backup differs")
  }

  /// Opens the log again after a crash or a close; what was acknowledged must be there.
  private mutating func recover(crashing: Bool) throws(NuriError) {
    if crashing || disk.lostPower {
      trace.append("crash")
      disk = disk.crash()
    } else {
      trace.append("close")
      disk.faults.capacityBytes = nil
      do throws(NuriError) { try log.close() } catch { try forgive(error) }
      if disk.lostPower { disk = disk.crash() }
      disk.faults = SimulatedDisk.Faults()
    }
    let verified = try SegmentLog.verify(
      disk: disk, directory: "data/log", firstSequence: options.firstSequence)
    try hold(verified.faults.isEmpty, "verify found \(verified.faults)")
    let (next, report) = try SegmentLog.open(disk: disk, directory: "data/log", options: options)
    trace.append("open \(report)")
    log = next
    let found = try entries()
    let possible = acknowledged + (isInDoubt ? pending : [])
    try hold(found.count >= acknowledged.count, "frames are missing: \(found.count) of \(acknowledged.count)")
    try hold(found.count <= possible.count, "frames appeared that were never written")
    try hold(found == Array(possible.prefix(found.count)), "frames changed")
    try hold(verified.frames == found.count, "verify counted \(verified.frames) of \(found.count) frames")
    acknowledged = found
    pending = []
    isInDoubt = false
    recorded = max(recorded, found.last?.recorded ?? 0)
    try checkCheckpoints()
  }

  private func entries() throws(NuriError) -> [Entry] {
    var all: [Entry] = []
    try log.read(from: 0) { (frame) in
      all.append(
        Entry(
          first: frame.firstSequence, count: frame.count, recorded: frame.recorded,
          payload: Array(frame.payload)))
      return true
    }
    return all
  }

  private func checkCheckpoints() throws(NuriError) {
    let folder = CheckpointFolder(disk: disk, directory: "data/checkpoints")
    let (reader, damaged) = try folder.openNewest()
    try hold(damaged.isEmpty, "a checkpoint is damaged: \(damaged)")
    guard let newest = checkpoints.keys.max() else { return }
    try hold((reader?.summary.sequence ?? 0) >= newest, "a checkpoint is missing")
    guard let reader, reader.summary.sequence == newest else { return }
    try hold(reader.bytes("state") == checkpoints[newest], "a checkpoint changed")
  }

  /// Reads in all ways and compares.
  private mutating func check() throws(NuriError) {
    if disk.lostPower { return try recover(crashing: true) }
    if let unexpected { throw unexpected }
    try hold(entries() == acknowledged, "frames read are not those acknowledged")
    guard let any = acknowledged.indices.randomElement(using: &seed) else { return }
    let entry = acknowledged[any]
    let sequence = entry.first + UInt64(seed.below(entry.count))
    let payload = try log.frame(containing: sequence) { Array($0.payload) }
    try hold(payload == entry.payload, "a frame read by sequence differs")
    try hold(
      log.payloads(from: sequence).count == acknowledged.count - any, "reading from a sequence differs")
    let last = acknowledged.last { $0.recorded <= entry.recorded }
    let expected = last.map { $0.first + UInt64($0.count) - 1 }
    try hold(log.lastSequence(at: entry.recorded) == expected, "the last sequence at a time differs")
  }

  private func hold(_ condition: Bool, _ message: String) throws(NuriError) {
    if !condition { throw NuriError(NuriError.Code("stormBroken"), message) }
  }
}
