import Synchronization

/// What one loop counts. The loop writes, any thread reads.
///
/// `@unchecked Sendable`: the numbers are atomic. There is one writer, so a load and a store do for an addition.
final class HTTPCounters: @unchecked Sendable {
  enum Name: Int, CaseIterable {
    case connections, refusedConnections, failedHandshakes
    case informational, successful, redirections, clientErrors, serverErrors
    case bytesIn, bytesOut
    case headerTimeouts, bodyTimeouts, writeTimeouts, idleTimeouts
    case refusedRequests, floods, abandonedRequests
    case openRequests, webSockets, latencyMicroseconds
  }

  private let numbers: UnsafeMutablePointer<Atomic<Int>>
  private static let names = Name.allCases.count
  private let count = HTTPCounters.names + HTTPMetrics.latencyBoundsMicroseconds.count + 1

  init() {
    numbers = .allocate(capacity: count)
    for index in 0..<count { (numbers + index).initialize(to: Atomic(0)) }
  }

  deinit {
    numbers.deinitialize(count: count)
    numbers.deallocate()
  }

  /// On the loop.
  @inline(__always)
  func add(_ name: Name, _ amount: Int = 1) { add(at: name.rawValue, amount) }

  @inline(__always)
  private func add(at index: Int, _ amount: Int) {
    numbers[index].store(numbers[index].load(ordering: .relaxed) &+ amount, ordering: .relaxed)
  }

  /// On the loop: one answered request.
  func addRequest(status: Int, nanoseconds: UInt64) {
    switch status {
    case ..<200: add(.informational)
    case ..<300: add(.successful)
    case ..<400: add(.redirections)
    case ..<500: add(.clientErrors)
    default: add(.serverErrors)
    }
    let microseconds = Int(clamping: nanoseconds / 1000)
    add(.latencyMicroseconds, microseconds)
    let bounds = HTTPMetrics.latencyBoundsMicroseconds
    var bucket = 0
    while bucket < bounds.count, microseconds > bounds[bucket] { bucket += 1 }
    add(at: HTTPCounters.names + bucket, 1)
  }

  /// Any thread.
  func value(_ name: Name) -> Int { numbers[name.rawValue].load(ordering: .relaxed) }

  /// Any thread.
  func bucket(_ index: Int) -> Int { numbers[HTTPCounters.names + index].load(ordering: .relaxed) }
}
