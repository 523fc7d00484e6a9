/// Finds records by a 64-bit hash: 4,096 open-addressing shards under a two-level directory, all copy-on-write.
///
/// The index keeps 32 bits of the hash and a record number; the caller confirms a candidate by comparing ids.
/// Shards grow on their own, so no single insert pays for rehashing everything.
struct IdIndex {
  private typealias Branch = ContiguousArray<Shard?>
  private var branches = ContiguousArray<Branch>(
    repeating: Branch(repeating: nil, count: 64), count: 64)
  private(set) var count = 0

  /// Linear probing; a slot is `hash bits << 32 | record + 1`, 0 when free.
  private final class Shard {
    let capacity: Int
    let slots: UnsafeMutablePointer<UInt64>
    var count = 0

    init(capacity: Int) {
      self.capacity = capacity
      slots = .allocate(capacity: capacity)
      slots.initialize(repeating: 0, count: capacity)
    }

    deinit { slots.deallocate() }

    func copy(capacity: Int) -> Shard {
      let new = Shard(capacity: capacity)
      if capacity == self.capacity {
        new.slots.update(from: slots, count: capacity)
        new.count = count
      } else {
        for i in 0..<self.capacity where slots[i] != 0 { new.insert(slots[i]) }
      }
      return new
    }

    func insert(_ entry: UInt64) {
      var i = Int(truncatingIfNeeded: entry >> 32) & (capacity - 1)
      while slots[i] != 0 { i = (i + 1) & (capacity - 1) }
      slots[i] = entry
      count += 1
    }

    /// Removes the entry in slot `hole`, moving later entries of the same run back.
    func remove(at hole: Int) {
      var hole = hole
      var i = (hole + 1) & (capacity - 1)
      while slots[i] != 0 {
        let home = Int(truncatingIfNeeded: slots[i] >> 32) & (capacity - 1)
        if (i - home) & (capacity - 1) >= (i - hole) & (capacity - 1) {
          slots[hole] = slots[i]
          hole = i
        }
        i = (i + 1) & (capacity - 1)
      }
      slots[hole] = 0
      count -= 1
    }
  }

  @inline(__always)
  private static func position(_ hash: UInt64) -> (branch: Int, leaf: Int) {
    (Int(hash >> 58), Int(hash >> 52) & 63)
  }

  /// The record with this hash that `isSame` confirms.
  @inline(__always)
  func find(_ hash: UInt64, _ isSame: (Int) -> Bool) -> Int? {
    let (branch, leaf) = Self.position(hash)
    guard let shard = branches[branch][leaf] else { return nil }
    let bits = hash & 0xffff_ffff
    var i = Int(truncatingIfNeeded: bits) & (shard.capacity - 1)
    while shard.slots[i] != 0 {
      if shard.slots[i] >> 32 == bits {
        let record = Int(shard.slots[i] & 0xffff_ffff) - 1
        if isSame(record) { return record }
      }
      i = (i + 1) & (shard.capacity - 1)
    }
    return nil
  }

  /// Where `find` will look first.
  @inline(__always)
  func place(_ hash: UInt64) -> UnsafePointer<UInt64>? {
    let (branch, leaf) = Self.position(hash)
    guard let shard = branches[branch][leaf] else { return nil }
    return UnsafePointer(shard.slots + (Int(truncatingIfNeeded: hash & 0xffff_ffff) & (shard.capacity - 1)))
  }

  /// The first record with these bits, not confirmed.
  @inline(__always)
  func probable(_ hash: UInt64) -> Int? { find(hash) { _ in true } }

  /// Adds a record; the caller has made sure that its id is not there yet.
  mutating func insert(_ hash: UInt64, _ record: Int) {
    let (branch, leaf) = Self.position(hash)
    if branches[branch][leaf] == nil {
      branches[branch][leaf] = Shard(capacity: 8)
    } else {
      let isOurs = isKnownUniquelyReferenced(&branches[branch][leaf])
      branches[branch][leaf] = branches[branch][leaf].map {
        let isFull = ($0.count + 1) * 8 > $0.capacity * 7
        return isOurs && !isFull ? $0 : $0.copy(capacity: isFull ? $0.capacity * 2 : $0.capacity)
      }
    }
    branches[branch][leaf]?.insert((hash & 0xffff_ffff) << 32 | UInt64(record + 1))
    count += 1
  }

  /// Removes a record.
  mutating func remove(_ hash: UInt64, _ record: Int) {
    let (branch, leaf) = Self.position(hash)
    guard branches[branch][leaf] != nil else { return }
    if !isKnownUniquelyReferenced(&branches[branch][leaf]) {
      branches[branch][leaf] = branches[branch][leaf].map { $0.copy(capacity: $0.capacity) }
    }
    guard let shard = branches[branch][leaf] else { return }
    let entry = (hash & 0xffff_ffff) << 32 | UInt64(record + 1)
    var i = Int(truncatingIfNeeded: hash & 0xffff_ffff) & (shard.capacity - 1)
    while shard.slots[i] != 0 {
      if shard.slots[i] == entry {
        shard.remove(at: i)
        count -= 1
        return
      }
      i = (i + 1) & (shard.capacity - 1)
    }
  }
}

/// A fast 64-bit hash of short byte strings: multiply-and-fold of 8-byte words (the wyhash construction,
/// Wang Yi 2019, public domain constants). Not for untrusted key flooding: shards bound the damage to one run.
@inline(__always)
func hashBytes(_ bytes: UnsafeBufferPointer<UInt8>, seed: UInt64 = 0) -> UInt64 {
  var h: UInt64 = 0xa076_1d64_78bd_642f ^ seed ^ UInt64(bytes.count)
  guard let base = bytes.baseAddress else { return h }
  let p = UnsafeRawPointer(base)
  var i = 0
  while i &+ 8 <= bytes.count {
    h = fold(h ^ p.loadUnaligned(fromByteOffset: i, as: UInt64.self), 0xe703_7ed1_a0b4_28db)
    i &+= 8
  }
  var tail: UInt64 = 0
  while i < bytes.count {
    tail = tail << 8 | UInt64(bytes[i])
    i &+= 1
  }
  return fold(fold(h ^ tail, 0x8ebc_6af0_9c88_c6e3), 0x5899_65cc_7537_4cc3)
}

@inline(__always)
private func fold(_ a: UInt64, _ b: UInt64) -> UInt64 {
  let (high, low) = a.multipliedFullWidth(by: b)
  return high ^ low
}
