/// Bytes on their way out, in order. Small pieces are gathered; a large array is kept as it is and not copied.
struct OutputQueue {
  private var segments: ContiguousArray<[UInt8]> = []
  private var first = 0
  private var offset = 0
  private var lastIsOpen = false
  /// How many bytes wait.
  private(set) var count = 0

  /// From this size on an array is queued without copying.
  static let wholeBytes = 16 << 10
  /// An emptied queue keeps at most this much memory.
  static let keptBytes = 2 << 10

  var isEmpty: Bool { count == 0 }

  /// Lets `body` append to the gathered tail.
  mutating func gather(_ body: (inout [UInt8]) -> Void) {
    if !lastIsOpen || segments.isEmpty {
      segments.append([])
      lastIsOpen = true
    }
    let last = segments.count - 1
    let before = segments[last].count
    body(&segments[last])
    let after = segments[last].count
    count += after - before
    if after >= OutputQueue.wholeBytes { lastIsOpen = false }
  }

  /// Queues an array.
  mutating func append(_ bytes: [UInt8]) {
    if bytes.isEmpty { return }
    if bytes.count < OutputQueue.wholeBytes {
      gather { $0.append(contentsOf: bytes) }
      return
    }
    if lastIsOpen, let last = segments.last, last.isEmpty { segments.removeLast() }
    segments.append(bytes)
    lastIsOpen = false
    count += bytes.count
  }

  /// Queues a copy of the bytes.
  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    if bytes.isEmpty { return }
    gather { $0.append(contentsOf: bytes) }
  }

  /// The next bytes to send; empty when nothing waits.
  func withNext<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
    guard first < segments.count else { return body(UnsafeRawBufferPointer(start: nil, count: 0)) }
    return segments[first].withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[offset...])) }
  }

  /// Takes out what was sent: `sent` bytes of those `withNext` showed.
  mutating func drop(_ sent: Int) {
    count -= sent
    offset += sent
    guard first < segments.count, offset >= segments[first].count else { return }
    offset = 0
    if count > 0 {
      segments[first] = []
      first += 1
      if first >= 32 {
        segments.removeFirst(first)
        first = 0
      }
      return
    }
    if first > 0 { segments.removeFirst(first) }
    first = 0
    if lastIsOpen, segments.count == 1, segments[0].capacity <= OutputQueue.keptBytes {
      segments[0].removeAll(keepingCapacity: true)
    } else {
      segments = []
      lastIsOpen = false
    }
  }

  /// Forgets everything.
  mutating func clear() { self = OutputQueue() }
}
