import Glibc

/// A blocking socket that sends exactly the bytes it is given. Reads give up after a few seconds.
package final class RawClient: @unchecked Sendable {
  // `@unchecked Sendable`: one test task uses it at a time.
  private let descriptor: Int32

  package init(port: UInt16, receiveBufferBytes: Int32? = nil, timeoutMilliseconds: Int = 8000) {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var timeout = timeval(
      tv_sec: timeoutMilliseconds / 1000, tv_usec: timeoutMilliseconds % 1000 * 1000)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    if var receiveBufferBytes {
      setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBufferBytes, 4)
    }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    _ = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }

  deinit { close(descriptor) }

  /// Sends all; `false` when the peer stopped taking.
  @discardableResult
  package func send(_ bytes: [UInt8]) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count <= 0 { return false }
      sent += count
    }
    return true
  }

  @discardableResult
  package func send(_ text: String) -> Bool { send(Array(text.utf8)) }

  package func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Goes away at once.
  package func leave() { shutdown(descriptor, Int32(SHUT_RDWR)) }

  /// The next bytes; empty at the end, `nil` after the time-out.
  package func receive(_ most: Int = 65536) -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: most)
    let count = recv(descriptor, &buffer, most, 0)
    if count < 0 { return errno == EAGAIN ? nil : [] }
    return Array(buffer.prefix(count))
  }

  /// Everything until the peer closes; `nil` when it does not.
  package func receiveAll() -> [UInt8]? {
    var all = pending
    pending = []
    while true {
      guard let piece = receive() else { return nil }
      if piece.isEmpty { return all }
      all += piece
    }
  }

  package func receiveAllText() -> String? { receiveAll().map { String(decoding: $0, as: UTF8.self) } }

  private var pending: [UInt8] = []

  /// Reads until the bytes so far satisfy `isEnough`, and takes that many.
  package func receive(until end: ([UInt8]) -> Int?) -> [UInt8]? {
    while true {
      if let count = end(pending) {
        let taken = Array(pending.prefix(count))
        pending.removeFirst(count)
        return taken
      }
      guard let piece = receive(), !piece.isEmpty else { return nil }
      pending += piece
    }
  }

  package func receiveExactly(_ count: Int) -> [UInt8]? { receive { $0.count >= count ? count : nil } }

  /// The status of the next answer; 0 for none.
  package func status() -> Int { receiveAnswer()?.status ?? 0 }

  /// One answer with a content-length or chunks, as head and body.
  package func receiveAnswer(hasBody: Bool = true) -> (status: Int, head: String, body: String)? {
    guard let head = receive(until: { RawClient.end($0, of: "\r\n\r\n") }) else { return nil }
    let text = String(decoding: head, as: UTF8.self)
    let status = Int(text.dropFirst(9).prefix(3)) ?? 0
    if !hasBody || status == 204 || status == 304 || status < 200 { return (status, text, "") }
    let lines = text.lowercased().split(separator: "\r\n")
    if let length = lines.first(where: { $0.hasPrefix("content-length: ") }).flatMap({ Int($0.dropFirst(16)) }
    ) {
      guard let body = receiveExactly(length) else { return nil }
      return (status, text, String(decoding: body, as: UTF8.self))
    }
    guard lines.contains("transfer-encoding: chunked") else {
      return receiveAllText().map { (status, text, $0) }
    }
    var body: [UInt8] = []
    while true {
      guard let line = receive(until: { RawClient.end($0, of: "\r\n") }),
        let size = Int(String(decoding: line.dropLast(2), as: UTF8.self), radix: 16),
        let chunk = receiveExactly(size + 2)
      else { return nil }
      if size == 0 { return (status, text, String(decoding: body, as: UTF8.self)) }
      body += chunk.dropLast(2)
    }
  }

  package static func end(_ bytes: [UInt8], of mark: String) -> Int? {
    let mark = Array(mark.utf8)
    guard bytes.count >= mark.count else { return nil }
    for start in 0...bytes.count - mark.count where bytes[start..<start + mark.count].elementsEqual(mark) {
      return start + mark.count
    }
    return nil
  }
}
