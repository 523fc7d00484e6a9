import TwinValues

/// Compresses a stream of blocks, in order, on the owner's thread and some helpers. One owner; ends its helpers
/// when let go.
final class CompressionCrew {
  private let ring: CompressionRing
  private let own: Compressor
  private var helpers: [WorkThread] = []
  private let write: (CompressionRing.Slot) throws(NuriError) -> Void
  /// Running numbers of the slot being filled and of the oldest not yet written.
  private var head = 0
  private var tail = 0

  /// `write` takes each block, compressed, in the order they were filled, on the owner's thread.
  init(level: Int32, helpers count: Int, write: @escaping (CompressionRing.Slot) throws(NuriError) -> Void) {
    let ring = CompressionRing(slots: 1 + 3 * count)
    self.ring = ring
    self.write = write
    own = Compressor(level: level)
    for _ in 0..<count {
      if let helper = WorkThread({ ring.help(with: Compressor(level: level)) }) {
        helpers.append(helper)
      }
    }
  }

  deinit {
    ring.stop()
    for helper in helpers { helper.join() }
  }

  /// The block to fill now.
  var filling: ByteBuffer { ring.slot(head).input }

  /// Hands the filled block over and makes room for the next.
  func submit() throws(NuriError) {
    ring.submit(head)
    head += 1
    while head - tail >= ring.count { try writeOldest() }
  }

  /// Writes all blocks handed over.
  func finish() throws(NuriError) {
    while tail < head { try writeOldest() }
  }

  private func writeOldest() throws(NuriError) {
    ring.wait(for: tail, with: own)
    try write(ring.slot(tail))
    ring.release(tail)
    tail += 1
  }
}
