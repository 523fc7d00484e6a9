public import TwinValues

/// Writes a streamed answer. Any thread; pieces go out in the order of the calls of one task.
public final class HTTPBodyWriter: Sendable {
  private let sink: any ResponseSink
  private let ticket: UInt64

  init(_ sink: any ResponseSink, _ ticket: UInt64) {
    self.sink = sink
    self.ticket = ticket
  }

  /// Sends a piece and waits until the peer has taken enough of what was written before:
  /// `NetLimits.outputHighWaterBytes` may wait for it. Throws `connectionClosed` when the peer is gone.
  public func write(_ bytes: [UInt8]) async throws(NuriError) {
    if await !sink.send(ticket, bytes) { throw HTTPBodyWriter.closed }
  }

  /// Sends text.
  public func write(_ text: String) async throws(NuriError) { try await write(Array(text.utf8)) }

  static var closed: NuriError { NuriError(.connectionClosed, "The client went away.") }
}
