import TwinValues

/// A ring of blocks that threads compress. Helpers keep it alive; `CompressionCrew` owns it and ends them.
///
/// `@unchecked Sendable`: slots' states and `stops` are touched only while holding `monitor`; a
/// slot's buffers only by whoever its state says.
final class CompressionRing: @unchecked Sendable {
  final class Slot {
    enum State { case filling, ready, working, done }
    fileprivate var state = State.filling
    let input = ByteBuffer()
    let output = ByteBuffer()
    var checksum: UInt32 = 0

    fileprivate func compress(with compressor: Compressor) {
      compressor.compress(input.bytes, into: output)
      checksum = TwinLog.checksum(output.base, output.count)
    }
  }

  private let monitor = Monitor()
  private let slots: [Slot]
  private var stops = false

  init(slots count: Int) { slots = (0..<count).map { _ in Slot() } }

  var count: Int { slots.count }

  /// The slot of a running number.
  func slot(_ number: Int) -> Slot { slots[number % slots.count] }

  /// Hands a filled slot to the compressors.
  func submit(_ number: Int) { set(number, .ready) }

  /// Gives a written slot back for filling.
  func release(_ number: Int) {
    slot(number).input.count = 0
    set(number, .filling)
  }

  /// Waits until a slot is compressed, compressing whatever waits meanwhile.
  func wait(for number: Int, with compressor: Compressor) {
    let wanted = slot(number)
    monitor.lock()
    while wanted.state != .done {
      if !compressOne(from: number, with: compressor) { monitor.wait() }
    }
    monitor.unlock()
  }

  /// A helper's life: compresses until `stop`.
  func help(with compressor: Compressor) {
    monitor.lock()
    while !stops {
      if !compressOne(from: 0, with: compressor) { monitor.wait() }
    }
    monitor.unlock()
  }

  /// Ends the helpers.
  func stop() {
    monitor.lock()
    stops = true
    monitor.notifyAll()
    monitor.unlock()
  }

  /// Compresses a waiting slot, looking from `start` on; gives the monitor up meanwhile. Call holding it.
  private func compressOne(from start: Int, with compressor: Compressor) -> Bool {
    for offset in 0..<slots.count where slot(start + offset).state == .ready {
      let taken = slot(start + offset)
      taken.state = .working
      monitor.unlock()
      taken.compress(with: compressor)
      monitor.lock()
      taken.state = .done
      monitor.notifyAll()
      return true
    }
    return false
  }

  private func set(_ number: Int, _ state: Slot.State) {
    monitor.lock()
    slot(number).state = state
    monitor.notifyAll()
    monitor.unlock()
  }
}
