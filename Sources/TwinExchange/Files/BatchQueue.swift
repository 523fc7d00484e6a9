import TwinValues

/// A bounded queue from one producing thread to one consuming thread.
final class BatchQueue<Element: Sendable>: @unchecked Sendable {
  // Unchecked: every field is touched only while holding the monitor.
  private let monitor = Monitor()
  private var elements: [Element] = []
  private var isFinished = false
  private var isCancelled = false
  private var failure: NuriError?
  private let capacity: Int

  init(capacity: Int) { self.capacity = capacity }

  /// Adds an element, waiting while the queue is full. `false` when the consumer wants no more.
  func push(_ element: Element) -> Bool {
    monitor.lock()
    defer { monitor.unlock() }
    while elements.count >= capacity, !isCancelled { monitor.wait() }
    if isCancelled { return false }
    elements.append(element)
    monitor.notifyAll()
    return true
  }

  /// Says that nothing more comes, and why when it is for an error.
  func finish(_ failure: NuriError? = nil) {
    monitor.lock()
    isFinished = true
    self.failure = failure
    monitor.notifyAll()
    monitor.unlock()
  }

  /// Says that no more is wanted.
  func cancel() {
    monitor.lock()
    isCancelled = true
    elements = []
    monitor.notifyAll()
    monitor.unlock()
  }

  /// The next element, waiting for one; `nil` at the end.
  /// - Throws: what the producer finished with, after its last element.
  func pop() throws(NuriError) -> Element? {
    monitor.lock()
    defer { monitor.unlock() }
    while elements.isEmpty, !isFinished { monitor.wait() }
    if !elements.isEmpty {
      monitor.notifyAll()
      return elements.removeFirst()
    }
    if let failure { throw failure }
    return nil
  }
}
