import TwinValues

/// A decompressed block: bytes that never change once filled, freed with the last reference.
///
/// `@unchecked Sendable`: written only before it is shared.
final class Block: @unchecked Sendable {
  let bytes: UnsafeMutableRawBufferPointer

  init(count: Int) { bytes = .allocate(byteCount: count, alignment: 16) }
  deinit { bytes.deallocate() }
}

/// The most recently used blocks, shared by threads.
///
/// `@unchecked Sendable`: `slots` is touched only while holding `lock`.
final class BlockCache: @unchecked Sendable {
  struct Key: Equatable {
    let file: UInt64
    let position: Int
  }

  private struct Slot {
    let key: Key
    let block: Block
    var lastUse: UInt64
  }

  private let lock = Lock()
  private let limit: Int
  private var slots: [Slot] = []
  private var uses: UInt64 = 0

  init(limit: Int) { self.limit = max(limit, 1) }

  /// The block if it is here.
  func find(_ key: Key) -> Block? {
    lock.withLock {
      guard let position = slots.firstIndex(where: { $0.key == key }) else { return nil }
      uses += 1
      slots[position].lastUse = uses
      return slots[position].block
    }
  }

  /// Keeps a block in place of the one unused for longest.
  func keep(_ block: Block, _ key: Key) {
    lock.withLock {
      uses += 1
      let slot = Slot(key: key, block: block, lastUse: uses)
      if slots.count < limit {
        slots.append(slot)
      } else if let oldest = slots.indices.min(by: { slots[$0].lastUse < slots[$1].lastUse }) {
        slots[oldest] = slot
      }
    }
  }

  /// Forgets all.
  func removeAll() { lock.withLock { slots.removeAll() } }
}
