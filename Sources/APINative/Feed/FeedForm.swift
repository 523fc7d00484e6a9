import TwinGraph
import TwinNet
import TwinValues

/// How a feed is put into bytes: as server-sent events, or as text messages of a WebSocket.
enum FeedForm: Hashable, Sendable {
  case events
  case messages

  /// Appends one event. `id` is the position a reader that has it goes on from.
  func append(_ name: String, id: UInt64?, _ json: [UInt8], to bytes: inout [UInt8]) {
    switch self {
    case .events:
      if let id {
        bytes.append(contentsOf: "id: ".utf8)
        bytes.append(contentsOf: String(id).utf8)
        bytes.append(10)
      }
      bytes.append(contentsOf: "event: ".utf8)
      bytes.append(contentsOf: name.utf8)
      bytes.append(contentsOf: "\ndata: ".utf8)
      let start = bytes.count
      bytes.append(contentsOf: json)
      // What others wrote may have line ends between its members; they mean nothing there.
      for index in start..<bytes.count where bytes[index] == 10 || bytes[index] == 13 { bytes[index] = 32 }
      bytes.append(10)
      bytes.append(10)
    case .messages: bytes.append(contentsOf: WebSocket.frame(text: json))
    }
  }

  /// What an idle reader is sent: for events the position reached, so that it need not look at what it skipped again.
  func heartbeat(_ position: UInt64) -> [UInt8] {
    switch self {
    case .events: Array("id: \(position)\n\n".utf8)
    case .messages: []
    }
  }
}

/// Events as JSON. Every one is an object whose `event` says what it is.
enum FeedText {
  /// An event about the feed itself.
  static func note(_ name: String, world: String, _ members: [(String, UInt64)], reason: String? = nil)
    -> [UInt8]
  {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("event", name)
    writer.member("world", world)
    for (key, value) in members {
      writer.key(key)
      writer.unsigned(value)
    }
    if let reason { writer.member("reason", reason) }
    writer.endObject()
    return writer.bytes
  }

  /// A twin of the snapshot.
  static func twin(_ id: String, model: String, row: [UInt8], world: String) -> [UInt8] {
    var writer = JSONWriter(reserving: row.count + 128)
    writer.beginObject()
    writer.member("event", "twin")
    writer.member("world", world)
    writer.member("twin", id)
    writer.member("model", model)
    writer.key("row")
    writer.raw(row)
    writer.endObject()
    return writer.bytes
  }

  /// A relationship of the snapshot.
  static func relationship(_ relationship: RelationshipRef, of id: String, in graph: Graph, world: String)
    -> [UInt8]
  {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("event", "relationship")
    writer.member("world", world)
    writer.member("twin", id)
    writer.key("row")
    graph.writeRelationship(relationship, into: &writer)
    writer.endObject()
    return writer.bytes
  }
}

extension JSONWriter {
  mutating func member(_ name: String, _ text: String) {
    key(name)
    string(text)
  }
}
