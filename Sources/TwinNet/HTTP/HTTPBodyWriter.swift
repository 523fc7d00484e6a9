public import TwinValues

/// Writes a streamed answer. Any thread; pieces go out in the order of the calls of one task.
public final class HTTPBodyWriter: Sendable {
  private enum Target: Sendable {
    case sink(any ResponseSink, ticket: UInt64)
    case closure(@Sendable ([UInt8]) -> Bool)
  }

  private let target: Target

  init(_ sink: any ResponseSink, _ ticket: UInt64) { target = .sink(sink, ticket: ticket) }

  /// Makes a writer without a connection, for tests of handlers: pieces go to the closure, which returns `false`
  /// when the peer is gone.
  public init(to closure: @escaping @Sendable ([UInt8]) -> Bool) { target = .closure(closure) }

  /// Sends a piece and waits until the peer has taken enough of what was written before:
  /// `NetLimits.outputHighWaterBytes` may wait for it. Throws `connectionClosed` when the peer is gone.
  public func write(_ bytes: [UInt8]) async throws(NuriError) {
    let isSent =
      switch target {
      case .sink(let sink, let ticket): await sink.send(ticket, bytes)
      case .closure(let closure): closure(bytes)
      }
    if !isSent { throw HTTPBodyWriter.closed }
  }

  /// Sends text.
  public func write(_ text: String) async throws(NuriError) { try await write(Array(text.utf8)) }

  static var closed: NuriError { NuriError(.connectionClosed, "The client went away.") }
}
