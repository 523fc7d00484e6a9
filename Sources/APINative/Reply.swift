import TwinEngine
import TwinGraph
import TwinNet
import TwinValues

/// Makes answers.
enum Reply {
  /// One JSON value.
  static func json(_ status: Int = 200, reserving: Int = 256, _ body: (inout JSONWriter) -> Void)
    -> HTTPResponse
  {
    var writer = JSONWriter(reserving: reserving)
    body(&writer)
    return HTTPResponse(
      status: status, headers: ["content-type": MediaType.json], body: .bytes(writer.bytes))
  }

  /// A twin of a state.
  static func twin(_ twin: TwinRef, in state: Snapshot) -> HTTPResponse {
    var response = json(reserving: 1024) { state.graph.writeTwin(twin, into: &$0) }
    response.headers.append("etag", ETag.text(state.graph.sequence(of: twin)))
    response.stamp(state.world, state.sequence, state.recorded)
    return response
  }
}

extension HTTPResponse {
  /// Says which state of which world the answer is about.
  mutating func stamp(_ world: String, _ sequence: UInt64, _ recorded: Instant) {
    // A header's value is ASCII; names of worlds may have letters of any script.
    headers.append("nuri-world", world.utf8.allSatisfy { $0 < 0x80 } ? world : PercentCoding.encode(world))
    headers.append("nuri-sequence", String(sequence))
    headers.append("nuri-recorded", recorded.description)
  }

  /// The same, of a state that was read.
  func stamped(_ state: Snapshot) -> HTTPResponse {
    var response = self
    response.stamp(state.world, state.sequence, state.recorded)
    return response
  }
}

extension JSONWriter {
  /// A member whose value is a text; left out for `nil`.
  mutating func member(_ name: String, _ text: String?) {
    guard let text else { return }
    key(name)
    string(text)
  }

  /// A member whose value is a number; left out for `nil`.
  mutating func member(_ name: String, _ number: UInt64?) {
    guard let number else { return }
    key(name)
    unsigned(number)
  }

  /// A member whose value is a truth value.
  mutating func member(_ name: String, _ flag: Bool) {
    key(name)
    bool(flag)
  }

  /// A member whose value is a property's; left out for `nil`.
  mutating func member(_ name: String, _ value: Value?) {
    guard let value else { return }
    key(name)
    self.value(value)
  }

  /// What an acknowledged write became.
  mutating func receipt(_ receipt: Receipt) {
    beginObject()
    member("first", receipt.first)
    member("last", receipt.last)
    member("recorded", receipt.recorded.description)
    endObject()
  }
}
