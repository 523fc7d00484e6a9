import TwinEngine
import TwinNet
import TwinValues

/// Lines on their way from a thread that makes them to the task that sends them, one stretch at a time: the thread
/// waits while a stretch waits to be sent.
///
/// `@unchecked Sendable`: everything that changes is touched only while holding `monitor`.
final class LinePipe: @unchecked Sendable {
  private let monitor = Monitor()
  private var stretch: [UInt8]?
  private var isEnded = false
  private var isClosed = false
  private var failure: NuriError?
  private var reader: UnsafeContinuation<Void, Never>?

  /// Hands a stretch over, blocking while one is there already; `false` when nobody wants more.
  func push(_ bytes: [UInt8]) -> Bool {
    var woken: UnsafeContinuation<Void, Never>?
    let isTaken = monitor.withLock {
      while stretch != nil, !isClosed { monitor.wait() }
      if isClosed { return false }
      stretch = bytes
      woken = reader
      reader = nil
      return true
    }
    woken?.resume()
    return isTaken
  }

  /// Nothing follows, or `failure` does.
  func end(_ failure: NuriError?) {
    let woken = monitor.withLock {
      isEnded = true
      self.failure = failure
      defer { reader = nil }
      return reader
    }
    woken?.resume()
  }

  /// Nobody reads any more.
  func close() {
    monitor.withLock {
      isClosed = true
      monitor.notifyAll()
    }
  }

  /// The next stretch; `nil` at the end. One reader.
  func next() async throws(NuriError) -> [UInt8]? {
    while true {
      let (bytes, isOver, failure) = monitor.withLock {
        defer {
          if stretch != nil { monitor.notifyAll() }
          stretch = nil
        }
        return (stretch, isEnded, self.failure)
      }
      if let bytes { return bytes }
      if let failure { throw failure }
      if isOver { return nil }
      await withUnsafeContinuation { continuation in
        let isReady = monitor.withLock {
          if stretch != nil || isEnded { return true }
          reader = continuation
          return false
        }
        if isReady { continuation.resume() }
      }
    }
  }
}

/// Where a thread writes the lines of a stream.
struct LineSink {
  private let pipe: LinePipe
  private var writer = JSONWriter(reserving: NativeLimits.streamBytes + 4096)

  init(_ pipe: LinePipe) { self.pipe = pipe }

  /// Writes a line; `false` when nobody wants more.
  mutating func line(_ body: (inout JSONWriter) -> Void) -> Bool {
    body(&writer)
    writer.newline()
    return writer.bytes.count < NativeLimits.streamBytes || flush()
  }

  /// Hands over what was written; `false` when nobody wants more.
  mutating func flush() -> Bool {
    defer { writer.reset() }
    return writer.bytes.isEmpty || pipe.push(writer.bytes)
  }
}

/// The reading end of a pipe: when it is let go, read to its end or not, the thread at the other end stops.
private final class LineReader: Sendable {
  let pipe: LinePipe
  init(_ pipe: LinePipe) { self.pipe = pipe }
  deinit { pipe.close() }
}

extension Call {
  /// Answers with lines that a closure makes on a thread of its own, as fast as they are read.
  /// - Throws: `NuriError` with code `overloaded` past `NativeLimits.streams`; what goes wrong before the first line.
  func stream(
    _ produce: @escaping @Sendable (inout LineSink) throws(NuriError) -> Void
  ) async throws(NuriError) -> HTTPResponse {
    let reader = LineReader(LinePipe())
    let pipe = reader.pipe
    let services = services
    Task {
      do throws(NuriError) {
        try await services.streams.run { () throws(NuriError) in
          var sink = LineSink(pipe)
          try produce(&sink)
          _ = sink.flush()
        }
        pipe.end(nil)
      } catch {
        pipe.end(error)
      }
    }
    let first = try await pipe.next()
    return HTTPResponse(
      headers: ["content-type": MediaType.lines, "vary": "accept"],
      body: .stream(length: nil) { writer in
        var bytes = first
        while let stretch = bytes {
          try await writer.write(stretch)
          bytes = try await reader.pipe.next()
        }
      })
  }
}
