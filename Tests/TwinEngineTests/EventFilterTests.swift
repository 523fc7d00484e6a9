import Foundation
import Testing
import TwinEngine
import TwinValues

/// The filters of `Tests/Cases/events/filters.case`.
@Suite struct EventFilterTests {
  private static let attributes = [
    "type": "Microsoft.DigitalTwins.Twin.Update", "$eventType": "DigitalTwinChangeNotification",
    "source": "twins.example", "subject": "room1", "specversion": "1.0",
    "datacontenttype": "application/json",
  ]
  private static let body = """
    {"modelId": "dtmi:test:Room;1", "patch": [], "n": 5, "half": 2.5, "on": true, "none": null, "text": "Straße",
     "in": {"deep": "x"}}
    """

  private static func lines() throws -> [String] {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Cases/events/filters.case")
    return try String(contentsOf: path, encoding: .utf8).split(separator: "\n").map(String.init)
      .filter { !$0.hasPrefix("#") }
  }

  private func value(_ name: [String], _ body: JSONDocument) -> EventFilter.Value {
    guard name.first == "$body" else {
      return name.count == 1 ? Self.attributes[name[0]].map { .text($0) } ?? .null : .null
    }
    var node: JSONNode? = body.root
    for part in name.dropFirst() { node = node?[part] }
    return EventFilter.Value(node)
  }

  @Test func cases() throws {
    let body = try JSONDocument(Self.body)
    let lines = try Self.lines()
    #expect(lines.count > 50)
    for line in lines {
      let parts = line.split(separator: " ", maxSplits: 1)
      let text = parts.count > 1 ? String(parts[1]) : ""
      if parts[0] == "error" {
        #expect(throws: NuriError.self, "\(text)") { try EventFilter(text) }
        continue
      }
      let filter = try EventFilter(text)
      #expect(filter.passes { value($0, body) } == (parts[0] == "pass"), "\(text)")
      // What can be said without the body is what is said with it.
      if let early = filter.passes({ $0.first == "$body" ? nil : value($0, body) }) {
        #expect(early == (parts[0] == "pass"), "\(text)")
      }
    }
  }

  /// Bytes and pieces of the grammar thrown together never trap, and deep ones are refused.
  @Test func anything() throws {
    let pieces = [
      "type", "=", "!=", "<", "(", ")", "[", "]", ",", ".", "'a'", "'", "\\", "NOT", "AND", "OR", "IN",
      "true", "null",
      "5", "-", "$body", "STARTS_WITH", "é", "\u{0}", " ",
    ]
    var seed: UInt64 = 7
    func next(_ count: Int) -> Int {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(seed >> 33) % count
    }
    let body = JSONDocument()
    var good = 0
    for _ in 0..<20_000 {
      let text = (0..<next(12)).map { _ in pieces[next(pieces.count)] }.joined(
        separator: next(2) == 0 ? "" : " ")
      if let filter = try? EventFilter(text) {
        good += 1
        #expect(filter.passes { value($0, body) } != nil)
      }
    }
    #expect(good > 0)
    let deep = String(repeating: "(", count: 33) + "true" + String(repeating: ")", count: 33)
    #expect(throws: NuriError.self) { try EventFilter(deep) }
    #expect(throws: NuriError.self) { try EventFilter(String(repeating: "NOT ", count: 40) + "true") }
    _ = try EventFilter(String(deep.dropFirst(2).dropLast(2)))
  }
}
