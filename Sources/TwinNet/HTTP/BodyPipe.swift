import TwinValues

/// A body between the connection that receives it and the handler that reads it.
///
/// The connection pushes on its loop; one reader takes, on any thread. `wanted` tells the connection that the
/// reader waits or that enough was taken, so that it may let the peer go on.
///
/// `@unchecked Sendable`: all state is read and written under `lock` only.
final class BodyPipe: @unchecked Sendable {
  private let lock = Lock()
  private let wanted: @Sendable () -> Void
  private let highWater: Int
  private var chunks: ContiguousArray<[UInt8]> = []
  private var first = 0
  private var buffered = 0
  private var isEnded = false
  private var failure: NuriError?
  private var reader: UnsafeContinuation<Void, Never>?

  init(highWater: Int, wanted: @escaping @Sendable () -> Void) {
    self.highWater = highWater
    self.wanted = wanted
  }

  /// Whether the peer should wait.
  var isFull: Bool { lock.withLock { buffered >= highWater } }

  func push(_ bytes: [UInt8]) {
    if bytes.isEmpty { return }
    change {
      chunks.append(bytes)
      buffered += bytes.count
    }
  }

  func end() { change { isEnded = true } }

  /// Ends the body early; the reader gets what came before, then `error`.
  func fail(_ error: NuriError) { change { if !isEnded, failure == nil { failure = error } } }

  private func change(_ body: () -> Void) {
    lock.lock()
    body()
    let waiting = reader
    reader = nil
    lock.unlock()
    waiting?.resume()
  }

  private enum Look { case bytes([UInt8], wants: Bool), end, failed(NuriError), nothing }

  private func look() -> Look {
    lock.withLock {
      if first < chunks.count {
        let bytes = chunks[first]
        chunks[first] = []
        first += 1
        if first == chunks.count {
          chunks.removeAll()
          first = 0
        }
        let wasAbove = buffered >= highWater / 2
        buffered -= bytes.count
        return .bytes(bytes, wants: wasAbove && buffered < highWater / 2)
      }
      if let failure { return .failed(failure) }
      return isEnded ? .end : .nothing
    }
  }

  /// The next piece; `nil` at the end. One reader at a time.
  func next() async throws(NuriError) -> [UInt8]? {
    while true {
      switch look() {
      case .bytes(let bytes, let wants):
        if wants { wanted() }
        return bytes
      case .end: return nil
      case .failed(let error): throw error
      case .nothing: break
      }
      if Task.isCancelled { throw NuriError(.connectionClosed, "The request was given up.") }
      wanted()
      await withTaskCancellationHandler {
        await withUnsafeContinuation { continuation in
          let isReady = lock.withLock {
            if first < chunks.count || isEnded || failure != nil || Task.isCancelled { return true }
            reader = continuation
            return false
          }
          if isReady { continuation.resume() }
        }
      } onCancel: {
        change {}
      }
    }
  }
}
