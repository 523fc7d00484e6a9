/// Bytes of tiles by their hash, the ones used longest ago forgotten first. Not for several threads at once.
struct BodyCache {
  private var bodies: [String: (bytes: [UInt8], used: UInt64)] = [:]
  private var clock: UInt64 = 0
  private(set) var size = 0
  let limit: Int

  init(limit: Int) { self.limit = limit }

  subscript(hash: String) -> [UInt8]? {
    mutating get {
      guard let body = bodies[hash] else { return nil }
      clock += 1
      bodies[hash]?.used = clock
      return body.bytes
    }
  }

  mutating func keep(_ hash: String, _ bytes: [UInt8]) {
    guard bodies[hash] == nil, bytes.count <= limit else { return }
    clock += 1
    bodies[hash] = (bytes, clock)
    size += bytes.count
    if size > limit { forgetOldest() }
  }

  /// Forgets the older half, so that looking for what is old is paid for rarely.
  private mutating func forgetOldest() {
    let uses = bodies.values.map(\.used).sorted()
    let middle = uses[uses.count / 2]
    for (hash, body) in bodies where body.used < middle {
      bodies[hash] = nil
      size -= body.bytes.count
    }
  }
}
