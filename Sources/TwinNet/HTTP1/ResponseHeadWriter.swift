/// Writes the head of an HTTP/1 answer. Pure.
enum ResponseHeadWriter {
  enum Framing: Equatable {
    case length(Int)
    case chunked
    case untilClose
    /// A status that has no body.
    case none
  }

  /// Appends status line, fields and the empty line.
  static func write(
    status: Int, headers: HTTPHeaders, framing: Framing, connection: StaticString?, date: [UInt8],
    to out: inout [UInt8]
  ) {
    if status == 200 {
      append("HTTP/1.1 200 OK\r\n", &out)
    } else {
      append("HTTP/1.1 ", &out)
      ASCII.append(status, to: &out)
      out.append(ASCII.space)
      append(HTTPResponse.reason(status), &out)
      append("\r\n", &out)
    }
    headers.writeUnframed(to: &out)
    append("date: ", &out)
    out.append(contentsOf: date)
    switch framing {
    case .length(let length):
      append("\r\ncontent-length: ", &out)
      ASCII.append(length, to: &out)
    case .chunked: append("\r\ntransfer-encoding: chunked", &out)
    case .untilClose, .none: break
    }
    if let connection {
      append("\r\nconnection: ", &out)
      append(connection, &out)
    }
    append("\r\n\r\n", &out)
  }

  /// Appends one chunk.
  static func chunk(_ bytes: [UInt8], to out: inout [UInt8]) {
    out.append(contentsOf: String(bytes.count, radix: 16).utf8)
    append("\r\n", &out)
    out.append(contentsOf: bytes)
    append("\r\n", &out)
  }

  static func append(_ text: StaticString, _ out: inout [UInt8]) {
    out.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }
}
