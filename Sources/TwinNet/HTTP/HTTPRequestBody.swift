public import TwinValues

/// A request's body: collect it, or read it piece by piece as it arrives.
///
/// Content codings (gzip, zstd) are already taken off. While nobody reads, the peer is made to wait once
/// `NetLimits.bodyBufferBytes` are there. For one reader; any thread.
///
/// ```swift
/// let bytes = try await request.body.collect(upTo: 1 << 20)
/// for try await piece in request.body { consume(piece) }
/// ```
public struct HTTPRequestBody: Sendable, AsyncSequence {
  enum Source: Sendable {
    case bytes([UInt8])
    case pipe(BodyPipe)
  }

  let source: Source
  /// The length the peer announced, before any decoding; `nil` when it did not.
  public let announcedLength: Int?

  init(bytes: [UInt8]) {
    source = .bytes(bytes)
    announcedLength = bytes.count
  }

  init(pipe: BodyPipe, announcedLength: Int?) {
    source = .pipe(pipe)
    self.announcedLength = announcedLength
  }

  /// The whole body. Throws `bodyTooLarge` when it is longer than `limit`, `connectionClosed` when the peer went
  /// away, `invalidEncoding` or `malformedRequest` when it is broken.
  public func collect(upTo limit: Int) async throws(NuriError) -> [UInt8] {
    switch source {
    case .bytes(let bytes):
      if bytes.count > limit { throw HTTPRequestBody.tooLarge(limit) }
      return bytes
    case .pipe(let pipe):
      if let announcedLength, announcedLength > limit { throw HTTPRequestBody.tooLarge(limit) }
      var all: [UInt8] = []
      while let piece = try await pipe.next() {
        if all.count + piece.count > limit { throw HTTPRequestBody.tooLarge(limit) }
        if all.isEmpty { all = piece } else { all.append(contentsOf: piece) }
      }
      return all
    }
  }

  static func tooLarge(_ limit: Int) -> NuriError {
    NuriError(.bodyTooLarge, "The body is longer than \(limit) bytes.", advice: "Send it in parts.")
  }

  /// Reads piece by piece.
  public func makeAsyncIterator() -> Iterator { Iterator(source: source) }

  /// Reads a body piece by piece; the pieces have no meaning of their own.
  public struct Iterator: AsyncIteratorProtocol {
    /// What reading throws.
    public typealias Failure = NuriError

    var source: Source
    var isDone = false

    init(source: Source) { self.source = source }

    /// The next piece; `nil` at the end.
    public mutating func next() async throws(NuriError) -> [UInt8]? { try await next(isolation: nil) }

    /// The next piece; `nil` at the end.
    public mutating func next(isolation actor: isolated (any Actor)?) async throws(NuriError) -> [UInt8]? {
      switch source {
      case .pipe(let pipe): return try await pipe.next()
      case .bytes(let bytes):
        if isDone || bytes.isEmpty { return nil }
        isDone = true
        return bytes
      }
    }
  }
}
