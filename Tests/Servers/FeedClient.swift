import Glibc
import TwinValues

/// One server-sent event as a client reads it.
package struct ReceivedEvent: Equatable {
  package var id: String?
  package var name: String?
  package var data = ""

  package var json: JSONDocument? { try? JSONDocument(Array(data.utf8)) }
  package var sequence: UInt64? { json?.root["sequence"]?.uint64 }
}

/// A reader of server-sent events on a plain socket. One thread at a time.
package final class FeedClient: @unchecked Sendable {
  // `@unchecked Sendable`: one test task uses it at a time.
  private let socket: RawClient
  private var raw: [UInt8] = []
  private var text: [UInt8] = []
  package private(set) var status = 0
  private var hasHead = false
  private var isOver = false

  package init(
    port: UInt16, path: String, lastEventId: String? = nil, key: String? = nil,
    receiveBufferBytes: Int32? = nil
  ) {
    socket = RawClient(port: port, receiveBufferBytes: receiveBufferBytes, timeoutMilliseconds: 20_000)
    let last = lastEventId.map { "Last-Event-ID: \($0)\r\n" } ?? ""
    let credential = key.map { "Authorization: Bearer \($0)\r\n" } ?? ""
    socket.send("GET \(path) HTTP/1.1\r\nHost: x\r\n\(last)\(credential)\r\n")
  }

  /// What was answered instead of a stream.
  package var refusal: String { String(decoding: raw, as: UTF8.self) }

  /// Goes away at once.
  package func leave() { socket.leave() }

  /// Reads until a heartbeat says that the feed has come to `id`.
  package func beat(until id: String) -> Bool {
    for _ in 0..<200 {
      guard let event = read() else { return false }
      if event == ReceivedEvent(id: id) { return true }
    }
    return false
  }

  /// The next event, heartbeats aside; `nil` at the end or after 20 seconds.
  package func next() -> ReceivedEvent? {
    let end = time(nil) + 20
    while time(nil) < end, let event = read() {
      if event.name != nil || !event.data.isEmpty { return event }
    }
    return nil
  }

  private func read() -> ReceivedEvent? {
    while true {
      if let event = takeEvent() { return event }
      if isOver || hasHead && status != 200 { return nil }
      guard let piece = socket.receive(), !piece.isEmpty else { return nil }
      raw += piece
      takeHead()
      takeChunks()
    }
  }

  private func takeHead() {
    guard !hasHead, let end = raw.firstRange(of: Array("\r\n\r\n".utf8)) else { return }
    let head = String(decoding: raw[..<end.lowerBound], as: UTF8.self)
    status = Int(head.split(separator: " ")[1]) ?? 0
    raw.removeFirst(end.upperBound)
    hasHead = true
  }

  private func takeChunks() {
    while hasHead, let end = raw.firstRange(of: [13, 10]) {
      guard let size = Int(String(decoding: raw[..<end.lowerBound], as: UTF8.self), radix: 16),
        raw.count >= end.upperBound + size + 2
      else { return }
      isOver = size == 0
      text += raw[end.upperBound..<end.upperBound + size]
      raw.removeFirst(end.upperBound + size + 2)
    }
  }

  private func takeEvent() -> ReceivedEvent? {
    guard let end = text.firstRange(of: [10, 10]) else { return nil }
    let lines = String(decoding: text[..<end.lowerBound], as: UTF8.self).split(separator: "\n")
    text.removeFirst(end.upperBound)
    var event = ReceivedEvent()
    for line in lines {
      if line.hasPrefix("id: ") { event.id = String(line.dropFirst(4)) }
      if line.hasPrefix("event: ") { event.name = String(line.dropFirst(7)) }
      if line.hasPrefix("data: ") { event.data += line.dropFirst(6) }
    }
    return event
  }
}
