public import TwinLog
import TwinValues

/// A disk in memory that keeps exactly what the `Disk` contract promises and nothing more.
///
/// Writes that were not synced, names whose folder was not synced: a power cut (`crash`) keeps, loses or tears
/// each of them as the seed says. Faults are switched on through `faults`. The same seed and the same calls
/// give the same outcome.
///
/// Any thread, though order, and so the outcome, is then up to the threads.
/// `@unchecked Sendable`: everything is touched only while holding `lock`.
public final class SimulatedDisk: Disk, @unchecked Sendable {
  let lock = Lock()
  var names: SimulatedNames
  var seed: Seed
  var locked: Set<String> = []
  var isOff = false
  var usedBytes = 0

  /// What goes wrong, and when.
  public struct Faults: Sendable {
    /// The disk is full once files take up this many bytes together.
    public var capacityBytes: Int?
    /// Power is lost instead of the write, sync or name change after this many.
    public var powerOffAfter: Int?
    /// One in so many writes fails with an input/output error; 0 for none.
    public var failingWrites = 0
    /// One in so many syncs fails, after which the unsynced writes are lost or kept at random.
    public var failingSyncs = 0
    /// One in so many reads fails.
    public var failingReads = 0

    /// No faults.
    public init() {}
  }

  private var currentFaults = Faults()

  /// How many bytes files take up together.
  public var usedSpace: Int { lock.withLock { usedBytes } }

  /// The faults in force.
  public var faults: Faults {
    get { lock.withLock { currentFaults } }
    set { lock.withLock { currentFaults = newValue } }
  }

  /// Whether any fault is in force.
  public var hasFaults: Bool {
    let now = faults
    return now.capacityBytes != nil || now.powerOffAfter != nil || now.failingWrites > 0
      || now.failingSyncs > 0
      || now.failingReads > 0
  }

  /// An empty disk with the folder `data`.
  public init(seed: UInt64) {
    self.seed = Seed(seed)
    names = SimulatedNames()
    names.current["data"] = .folder
    names.durable["data"] = .folder
  }

  private init(seed: Seed, surviving names: [String: SimulatedNames.Thing]) {
    self.seed = seed
    self.names = SimulatedNames()
    self.names.current = names
    self.names.durable = names
    for case .file(let node) in names.values { usedBytes += node.current.count }
  }

  /// Cuts the power. Every later call on this disk and its files fails; the disk returned is what a restart
  /// finds, without faults.
  public func crash() -> SimulatedDisk {
    lock.withLock {
      isOff = true
      var left: [String: SimulatedNames.Thing] = [:]
      for (path, thing) in names.survivors(&seed).sorted(by: { $0.key < $1.key }) {
        if case .file(let node) = thing {
          left[path] = .file(SimulatedNode(surviving: node.survivors(&seed)))
        } else {
          left[path] = .folder
        }
      }
      return SimulatedDisk(seed: seed.split(), surviving: left)
    }
  }

  /// A disk with the same contents, durable and not, and without faults; changing one leaves the other alone.
  public func copy(seed: UInt64) -> SimulatedDisk {
    lock.withLock {
      let copy = SimulatedDisk(seed: seed)
      var nodes: [ObjectIdentifier: SimulatedNode] = [:]
      copy.names = names.mapped { node in
        if let known = nodes[ObjectIdentifier(node)] { return known }
        let twin = SimulatedNode(copying: node)
        nodes[ObjectIdentifier(node)] = twin
        return twin
      }
      copy.usedBytes = usedBytes
      return copy
    }
  }

  /// Whether a planned power cut has happened.
  public var lostPower: Bool { lock.withLock { isOff } }

  /// The paths of all files, sorted.
  public var paths: [String] {
    lock.withLock {
      names.current.keys.filter { node($0) != nil }.sorted()
    }
  }

  /// What all files take up, in bytes.
  public var bytesInUse: Int { lock.withLock { usedBytes } }

  /// A file's bytes as programs see them; `nil` when there is no such file.
  public func bytes(of path: String) -> [UInt8]? { lock.withLock { node(path)?.current } }

  /// Changes a file's bytes behind the program's back, durably, as failing hardware does.
  public func damage(_ path: String, _ change: (inout [UInt8]) -> Void) {
    lock.withLock {
      guard let node = node(path) else { return }
      node.sync()
      change(&node.current)
      node.durable = node.current
    }
  }

  /// Call holding `lock`.
  func node(_ path: String) -> SimulatedNode? {
    if case .file(let node)? = names.current[path] { return node }
    return nil
  }

  /// Counts a step that changes the disk. Call holding `lock`.
  func beforeChange(_ path: String) throws(NuriError) {
    try checkPower(path)
    guard let left = currentFaults.powerOffAfter else { return }
    if left <= 0 { isOff = true }
    currentFaults.powerOffAfter = left - 1
    try checkPower(path)
  }

  /// Call holding `lock`.
  func checkPower(_ path: String) throws(NuriError) {
    if isOff { throw NuriError(.ioError, "The simulated disk has no power.", at: path) }
  }

  /// Fails one call in `odds`. Call holding `lock`.
  func roll(_ odds: Int, _ path: String) throws(NuriError) {
    if odds > 0, seed.chance(1, in: odds) {
      throw NuriError(.ioError, "A simulated input/output error.", at: path)
    }
  }

  /// Takes space for a file that grows. Call holding `lock`.
  func grow(by bytes: Int, _ path: String) throws(NuriError) {
    if bytes > 0, let capacity = currentFaults.capacityBytes, usedBytes + bytes > capacity {
      throw NuriError(.diskFull, "The simulated disk is full.", at: path)
    }
    usedBytes += bytes
  }

  /// The faults, for a caller that holds `lock`.
  var faultsLocked: Faults { currentFaults }
}
