import Glibc
import TwinValues

/// A ring of blocks that threads compress. Helpers keep it alive; `CompressionCrew` owns it and ends them.
///
/// `@unchecked Sendable`: slots' states, `stops` and the condition are touched only while holding `mutex`; a
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

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private let slots: [Slot]
  private var stops = false

  init(slots count: Int) {
    slots = (0..<count).map { _ in Slot() }
    mutex.initialize(to: pthread_mutex_t())
    changed.initialize(to: pthread_cond_t())
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
  }

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
    pthread_mutex_lock(mutex)
    while wanted.state != .done {
      if !compressOne(from: number, with: compressor) { pthread_cond_wait(changed, mutex) }
    }
    pthread_mutex_unlock(mutex)
  }

  /// A helper's life: compresses until `stop`.
  func help(with compressor: Compressor) {
    pthread_mutex_lock(mutex)
    while !stops {
      if !compressOne(from: 0, with: compressor) { pthread_cond_wait(changed, mutex) }
    }
    pthread_mutex_unlock(mutex)
  }

  /// Ends the helpers.
  func stop() {
    pthread_mutex_lock(mutex)
    stops = true
    pthread_cond_broadcast(changed)
    pthread_mutex_unlock(mutex)
  }

  /// Compresses a waiting slot, looking from `start` on; gives the mutex up meanwhile. Call holding it.
  private func compressOne(from start: Int, with compressor: Compressor) -> Bool {
    for offset in 0..<slots.count where slot(start + offset).state == .ready {
      let taken = slot(start + offset)
      taken.state = .working
      pthread_mutex_unlock(mutex)
      taken.compress(with: compressor)
      pthread_mutex_lock(mutex)
      taken.state = .done
      pthread_cond_broadcast(changed)
      return true
    }
    return false
  }

  private func set(_ number: Int, _ state: Slot.State) {
    pthread_mutex_lock(mutex)
    slot(number).state = state
    pthread_cond_broadcast(changed)
    pthread_mutex_unlock(mutex)
  }
}
