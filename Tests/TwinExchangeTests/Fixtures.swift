import TwinEngine
import TwinExchange
import TwinGraph
import TwinValues

/// A small world with every kind of thing a file can hold.
enum Fixture {
  static let models = [
    #"{"@context":"dtmi:dtdl:context;3","@id":"dtmi:t:Room;1","@type":"Interface","displayName":{"en":"Room"},"contents":[{"@type":"Property","name":"name","schema":"string"},{"@type":"Property","name":"temperature","schema":"double"},{"@type":"Property","name":"floor","schema":"integer"},{"@type":"Property","name":"open","schema":"boolean"},{"@type":"Property","name":"built","schema":"date"},{"@type":"Property","name":"place","schema":"point"},{"@type":"Property","name":"outline","schema":"multiPolygon"},{"@type":"Property","name":"address","schema":{"@type":"Object","fields":[{"name":"road","schema":"string"},{"name":"lot","schema":"string"}]}},{"@type":"Component","name":"heater","schema":"dtmi:t:Heater;1"},{"@type":"Relationship","name":"leadsTo","target":"dtmi:t:Room;1","properties":[{"@type":"Property","name":"width","schema":"double"}]}]}"#,
    #"{"@context":"dtmi:dtdl:context;3","@id":"dtmi:t:Heater;1","@type":"Interface","contents":[{"@type":"Property","name":"target","schema":"double"}]}"#,
  ]

  static let header = ["{\"Section\":\"Header\"}", "{\"fileVersion\":\"1.0.0\"}"]

  static func twin(_ id: Int) -> String {
    #"{"$dtId":"room-\#(id)","$metadata":{"$model":"dtmi:t:Room;1"},"name":"방 \#(id) \"q\"","temperature":\#(Double(id) / 4),"floor":\#(id),"open":\#(id % 2 == 0),"place":{"type":"Point","coordinates":[127.\#(id + 1),37.5]},"address":{"road":"테헤란로 \#(id)"},"heater":{"$metadata":{},"target":\#(20 + id)}}"#
  }

  static func link(_ from: Int, _ to: Int) -> String {
    #"{"$sourceId":"room-\#(from)","$relationshipId":"door-\#(from)-\#(to)","$targetId":"room-\#(to)","$relationshipName":"leadsTo","width":0.\#(from + 1)}"#
  }

  /// A whole file: `twins` rooms, each leading to the next.
  static func lines(twins: Int) -> [String] {
    var lines = header + ["{\"Section\":\"Models\"}"] + models + ["{\"Section\":\"Twins\"}"]
    lines += (0..<twins).map(twin)
    lines += ["{\"Section\":\"Relationships\"}"]
    lines += (0..<max(0, twins - 1)).map { link($0, $0 + 1) }
    return lines
  }

  static func text(twins: Int) -> String { lines(twins: twins).joined(separator: "\n") + "\n" }
}

extension Engine {
  /// The live world.
  var live: World { get throws { try world() } }
}

/// A random sequence from a seed (SplitMix64, Steele, Lea and Flood 2014).
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return z ^ z >> 31
  }
}
