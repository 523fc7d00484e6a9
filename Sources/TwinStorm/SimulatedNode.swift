/// The contents of one simulated file: what programs see, what a power cut would leave, and the writes between.
/// Guarded by the disk's lock.
final class SimulatedNode {
  /// A change that is not yet durable.
  enum Change {
    case write(offset: Int, bytes: [UInt8])
    case resize(Int)
  }

  var current: [UInt8] = []
  var durable: [UInt8] = []
  var changes: [Change] = []

  init() {}

  /// A file that survived: everything in it is durable.
  init(surviving bytes: [UInt8]) {
    current = bytes
    durable = bytes
  }

  /// An independent copy.
  init(copying node: SimulatedNode) {
    current = node.current
    durable = node.durable
    changes = node.changes
  }

  func apply(_ change: Change) {
    Self.apply(change, to: &current)
    changes.append(change)
  }

  static func apply(_ change: Change, to bytes: inout [UInt8]) {
    switch change {
    case .resize(let size):
      if size < bytes.count { bytes.removeLast(bytes.count - size) }
      if size > bytes.count { bytes.append(contentsOf: repeatElement(0, count: size - bytes.count)) }
    case .write(let offset, let new):
      let end = offset + new.count
      if end > bytes.count { bytes.append(contentsOf: repeatElement(0, count: end - bytes.count)) }
      bytes.replaceSubrange(offset..<end, with: new)
    }
  }

  /// Makes everything durable.
  func sync() {
    for change in changes { Self.apply(change, to: &durable) }
    changes.removeAll()
  }

  /// A sync that failed: some of the changes reached the disk, the system has forgotten the others.
  func failSync(_ seed: inout Seed) {
    durable = survivors(&seed)
    changes.removeAll()
  }

  /// What a power cut leaves: each change whole, not at all, torn between sectors in any order, or cut at a byte.
  func survivors(_ seed: inout Seed) -> [UInt8] {
    var bytes = durable
    let mood = seed.below(4)
    for change in changes {
      switch mood {
      case 0: continue
      case 1: Self.apply(change, to: &bytes)
      default: Self.tear(change, &bytes, &seed)
      }
    }
    return bytes
  }

  private static let sector = 512

  private static func tear(_ change: Change, _ bytes: inout [UInt8], _ seed: inout Seed) {
    guard case .write(let offset, let new) = change else {
      if seed.chance(1, in: 2) { apply(change, to: &bytes) }
      return
    }
    switch seed.below(4) {
    case 0: return
    case 1: apply(change, to: &bytes)
    case 2: apply(.write(offset: offset, bytes: Array(new.prefix(seed.below(new.count)))), to: &bytes)
    default:
      var at = offset
      while at < offset + new.count {
        let end = min((at / sector + 1) * sector, offset + new.count)
        if seed.chance(1, in: 2) {
          apply(.write(offset: at, bytes: Array(new[(at - offset)..<(end - offset)])), to: &bytes)
        }
        at = end
      }
    }
  }
}
