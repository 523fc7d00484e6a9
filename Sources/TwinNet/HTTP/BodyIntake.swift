import TwinValues

/// The connection's end of a request body: counts, decodes, passes on. Confined to its loop's thread.
final class BodyIntake {
  let pipe: BodyPipe
  private let limits: NetLimits
  private let decoder: Decompressor?
  /// Bytes received, before decoding.
  private(set) var received = 0
  /// Nobody will read the rest; it is counted and thrown away.
  private(set) var isDiscarding = false
  private(set) var discarded = 0

  init(pipe: BodyPipe, coding: ContentCoding?, limits: NetLimits) throws(NetRefusal) {
    self.pipe = pipe
    self.limits = limits
    if let coding {
      guard let made = Decompressor(coding, limits: limits) else {
        throw NetRefusal(503, .internalFailure, "there is no memory to decode the body")
      }
      decoder = made
    } else {
      decoder = nil
    }
  }

  /// Takes body bytes; the refusal has been given to the reader already.
  func take(_ bytes: UnsafeRawBufferPointer) -> NetRefusal? {
    received += bytes.count
    if isDiscarding {
      discarded += bytes.count
      return discarded > limits.lingerBytes ? NetRefusal(413, .bodyTooLarge, "nobody wants the body") : nil
    }
    var refusal: NetRefusal?
    if received > limits.bodyBytes {
      refusal = NetRefusal(413, .bodyTooLarge, "the body is longer than bodyBytes (\(limits.bodyBytes))")
    } else if let decoder {
      refusal = decoder.feed(bytes) { pipe.push($0) }
    } else {
      pipe.push(Array(bytes))
    }
    if let refusal { pipe.fail(refusal.error) }
    return refusal
  }

  /// The body is complete.
  func end() {
    if let refusal = decoder?.finish() { pipe.fail(refusal.error) } else { pipe.end() }
  }

  /// The answer is out; what still comes is thrown away.
  func discard() {
    isDiscarding = true
    pipe.end()
  }
}
