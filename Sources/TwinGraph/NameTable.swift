/// Numbers short names in the order they come, and finds them by their bytes.
///
/// It takes the place of a dictionary of strings where one is asked for every change: hashing a string the
/// general way costs more than everything else an update does in the graph.
struct NameTable: Sendable {
  /// Open addressing; `hash bits << 32 | number + 1`, 0 when free. Never more than half full.
  private var slots: [UInt64]
  private var bytes: [UInt8] = []
  /// Where each name ends in `bytes`.
  private var ends: [Int] = []

  init() { slots = Array(repeating: 0, count: 16) }

  /// How many names there are.
  var count: Int { ends.count }

  /// The number of a name.
  @inline(__always)
  func find(_ name: UnsafeBufferPointer<UInt8>) -> Int? {
    let hash = hashBytes(name) & 0xffff_ffff
    return slots.withUnsafeBufferPointer { slots in
      var i = Int(truncatingIfNeeded: hash) & (slots.count &- 1)
      while slots[i] != 0 {
        let number = Int(slots[i] & 0xffff_ffff) &- 1
        if slots[i] >> 32 == hash, isName(number, name) { return number }
        i = (i &+ 1) & (slots.count &- 1)
      }
      return nil
    }
  }

  @inline(__always)
  private func isName(_ number: Int, _ name: UnsafeBufferPointer<UInt8>) -> Bool {
    let start = number == 0 ? 0 : ends[number &- 1]
    return bytes.withUnsafeBufferPointer {
      equalBytes(UnsafeBufferPointer(rebasing: $0[start..<ends[number]]), name)
    }
  }

  /// Gives a name that is not there yet the next number.
  mutating func insert(_ name: UnsafeBufferPointer<UInt8>) {
    bytes.append(contentsOf: name)
    ends.append(bytes.count)
    if ends.count * 2 > slots.count { grow() }
    place(hashBytes(name), ends.count)
  }

  /// Forgets every name and keeps the memory.
  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
    for i in slots.indices { slots[i] = 0 }
  }

  private mutating func place(_ hash: UInt64, _ entry: Int) {
    let bits = hash & 0xffff_ffff
    var i = Int(truncatingIfNeeded: bits) & (slots.count - 1)
    while slots[i] != 0 { i = (i + 1) & (slots.count - 1) }
    slots[i] = bits << 32 | UInt64(entry)
  }

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: 0, count: old.count * 2)
    for slot in old where slot != 0 { place(slot >> 32, Int(slot & 0xffff_ffff)) }
  }
}
