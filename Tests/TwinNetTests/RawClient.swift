import Glibc
import TwinValues

@testable import TwinNet

/// A blocking socket that sends exactly the bytes it is given. Reads give up after a few seconds.
final class RawClient: @unchecked Sendable {
  // `@unchecked Sendable`: one test task uses it at a time.
  let descriptor: Int32

  init(port: UInt16, receiveBufferBytes: Int32? = nil, timeoutMilliseconds: Int = 8000) {
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
  func send(_ bytes: [UInt8]) -> Bool {
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
  func send(_ text: String) -> Bool { send(Array(text.utf8)) }

  func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// The next bytes; empty at the end, `nil` after the time-out.
  func receive(_ most: Int = 65536) -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: most)
    let count = recv(descriptor, &buffer, most, 0)
    if count < 0 { return errno == EAGAIN ? nil : [] }
    return Array(buffer.prefix(count))
  }

  /// Everything until the peer closes; `nil` when it does not.
  func receiveAll() -> [UInt8]? {
    var all = pending
    pending = []
    while true {
      guard let piece = receive() else { return nil }
      if piece.isEmpty { return all }
      all += piece
    }
  }

  func receiveAllText() -> String? { receiveAll().map { String(decoding: $0, as: UTF8.self) } }

  private var pending: [UInt8] = []

  /// Reads until the bytes so far satisfy `isEnough`, and takes that many.
  func receive(until end: ([UInt8]) -> Int?) -> [UInt8]? {
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

  func receiveExactly(_ count: Int) -> [UInt8]? { receive { $0.count >= count ? count : nil } }

  /// One answer with a content-length or chunks, as head and body.
  func receiveAnswer(hasBody: Bool = true) -> (status: Int, head: String, body: String)? {
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

  static func end(_ bytes: [UInt8], of mark: String) -> Int? {
    let mark = Array(mark.utf8)
    guard bytes.count >= mark.count else { return nil }
    for start in 0...bytes.count - mark.count where bytes[start..<start + mark.count].elementsEqual(mark) {
      return start + mark.count
    }
    return nil
  }
}

/// Runs `body` against a server on a free port, and drains the server afterwards.
func withServer(
  tls: TLSConfiguration? = nil, loops: Int = 1, limits: NetLimits = .quick, compresses: Bool = true,
  handler: @escaping @Sendable (HTTPRequest) async -> HTTPResponse,
  _ body: (HTTPServer) async throws -> Void
) async throws {
  let server = HTTPServer(
    configuration: .init(loops: loops, tls: tls, limits: limits, compresses: compresses), handler: handler)
  try server.start()
  do {
    try await body(server)
  } catch {
    await server.drain(deadlineMilliseconds: 100)
    throw error
  }
  await server.drain(deadlineMilliseconds: 100)
}

extension NetLimits {
  /// As documented, but without a long wait for peers that do not close.
  static var quick: NetLimits {
    var limits = NetLimits()
    limits.lingerMilliseconds = 50
    return limits
  }
}

/// Waits until `condition` holds, for at most a few seconds.
func eventually(_ condition: () -> Bool) async -> Bool {
  for _ in 0..<2000 {
    if condition() { return true }
    try? await Task.sleep(nanoseconds: 2_000_000)
  }
  return condition()
}

/// A handler that says what it understood.
@Sendable func echo(_ request: HTTPRequest) async -> HTTPResponse {
  do {
    let body = try await request.body.collect(upTo: 10 << 20)
    return .text(
      "\(request.method) \(request.target.raw) \(request.authority) \(String(decoding: body, as: UTF8.self))")
  } catch {
    return .refusing(error)
  }
}
