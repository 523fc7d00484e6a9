import Testing
import TwinModels
import TwinValues

/// Damaged models, by seed: they load or are refused, and nothing else happens.
@Suite struct MutationTests {
  /// A small generator that gives the same numbers for the same seed everywhere (SplitMix64).
  struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var z = state
      z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
      return z ^ (z >> 31)
    }
  }

  static let seeds: [String] = [
    Models.interface(
      4,
      """
      "schemas": {"@id": "dtmi:test:s;1", "@type": "Object", "fields": [
        {"name": "a", "schema": "dtmi:test:s;1"}, {"name": "b", "schema": "point"}]},
      "extends": [{"@id": "dtmi:test:base;1", "@type": "Interface", "contents": []}],
      "displayName": [{"@language": "en", "@value": "a"}, {"@language": "ko", "@value": "가"}],
      "contents": [
        {"@type": ["Property", "Temperature"], "name": "p", "schema": "double", "unit": "kelvin", "writable": true},
        {"@type": "Telemetry", "name": "t", "schema": {"@type": "Map", "mapKey": {"name": "k", "schema": "string"},
         "mapValue": {"name": "v", "schema": {"@type": "Array", "elementSchema": "dtmi:test:s;1"}}}},
        {"@type": "Component", "name": "c", "schema": "dtmi:test:base;1"},
        {"@type": "Command", "name": "x", "request": {"name": "r", "schema": "uuid", "nullable": false}},
        {"@type": "Relationship", "name": "r", "target": "dtmi:test:base;1", "minMultiplicity": 0,
         "properties": [{"@type": "Property", "name": "q", "schema": {"@type": "Enum", "valueSchema": "integer",
           "enumValues": [{"name": "one", "enumValue": 1}, {"name": "two", "enumValue": 2}]}}]}]
      """, context: "\"dtmi:dtdl:extension:quantitativeTypes;2\""),
    Models.contents(
      """
      {"@type": ["Telemetry", "Mass"], "name": "m", "schema": "double", "unit": "kilogram"},
      {"@type": ["Property", "ValueAnnotation", "Override"], "name": "o", "schema": "MassUnit", "annotates": "m",
       "overrides": "unit"}
      """, 3,
      context:
        "\"dtmi:dtdl:extension:quantitativeTypes;1\", \"dtmi:dtdl:extension:annotation;1\", \"dtmi:dtdl:extension:overriding;1\""
    ),
    Models.contents(
      "{\"@type\": [\"Property\", \"Velocity\"], \"name\": \"v\", \"schema\": \"float\", \"unit\": \"knot\"}",
      2),
  ]

  @Test func seedsAreValid() throws {
    for seed in Self.seeds { _ = try Models.set(seed) }
  }

  private func tryToLoad(_ bytes: [UInt8]) {
    guard let set = try? ModelSet.empty.adding([bytes]) else { return }
    for model in set.interfaces {
      for property in model.properties { _ = property.schema.displayName }
      _ = try? set.compare(old: model.id, new: model.id)
    }
    let again = try? ModelSet.empty.adding(set.interfaces.map(\.source))
    #expect(again?.ids.count == set.count)
  }

  @Test(arguments: 0..<8)
  func damagedBytes(round: Int) {
    var random = Generator(state: UInt64(round))
    for seed in Self.seeds {
      let bytes = Array(seed.utf8)
      for _ in 0..<400 {
        var damaged = bytes
        for _ in 0...Int.random(in: 0..<4, using: &random) {
          let at = Int.random(in: 0..<damaged.count, using: &random)
          switch Int.random(in: 0..<4, using: &random) {
          case 0: damaged[at] = UInt8.random(in: .min ... .max, using: &random)
          case 1: damaged.remove(at: at)
          case 2: damaged.insert(UInt8.random(in: 32...126, using: &random), at: at)
          default: damaged.removeSubrange(at...)
          }
          if damaged.isEmpty { damaged = bytes }
        }
        tryToLoad(damaged)
      }
    }
  }

  /// Where every value of a document starts and ends.
  private func spans(_ node: JSONNode, _ found: inout [Range<Int>]) {
    found.append(node.byteOffset..<(node.byteOffset + node.sourceText.utf8.count))
    for element in node.elements { spans(element, &found) }
    for (_, member) in node.memberNodes { spans(member, &found) }
  }

  @Test(arguments: 0..<8)
  func swappedValues(round: Int) throws {
    var random = Generator(state: UInt64(round) &+ 1000)
    let strange = [
      "null", "3", "-1.5e9", "\"\"", "[]", "{}", "[[[]]]", "{\"@id\": 1}", "{\"@value\": {}}", "\"dtmi:a;1\"",
      "true",
    ]
    for seed in Self.seeds {
      let bytes = Array(seed.utf8)
      var found: [Range<Int>] = []
      spans(try JSONDocument(bytes).root, &found)
      for _ in 0..<400 {
        let target = found[Int.random(in: 1..<found.count, using: &random)]
        let source = found[Int.random(in: 0..<found.count, using: &random)]
        let isStrange = Bool.random(using: &random)
        let piece =
          isStrange
          ? Array(strange[Int.random(in: 0..<strange.count, using: &random)].utf8) : Array(bytes[source])
        tryToLoad(bytes[..<target.lowerBound] + piece + bytes[target.upperBound...])
      }
    }
  }

  @Test func deepNesting() {
    for depth in [10, 60, 120, 127, 129, 100_000] {
      for (open, close) in [
        ("[", "]"), ("{\"@type\":\"Array\",\"elementSchema\":", "}"), ("{\"extends\":", "}"),
      ] {
        let inner =
          String(repeating: open, count: depth) + "\"double\"" + String(repeating: close, count: depth)
        tryToLoad(Array(inner.utf8))
        tryToLoad(Array(Models.contents(Models.property("p", inner)).utf8))
        tryToLoad(Array(Models.interface(4, "\"schemas\": \(inner)").utf8))
      }
    }
  }

  @Test func veryLongChainsAreFreedOneByOne() throws {
    let chain = Models.chain(20_000).joined(separator: ",")
    let faults = try ModelSet.empty.faults(adding: [Array("[\(chain)]".utf8)])
    #expect(faults.allSatisfy { $0.rule == .excessiveDepth })
    #expect(faults.count == 100)
  }

  /// Schemas that refer to each other in every direction, so that paths are long though nesting is not.
  @Test func tangledSchemas() throws {
    let count = 300
    var random = Generator(state: 7)
    for fields in [1, 2, 5] {
      let schemas = (0..<count).map { i in
        let links = (0..<fields).map { j in
          "{\"name\": \"f\(j)\", \"schema\": \"dtmi:test:s\(Int.random(in: 0..<count, using: &random));1\"}"
        }
        return
          "{\"@id\": \"dtmi:test:s\(i);1\", \"@type\": \"Object\", \"fields\": [\(links.joined(separator: ","))]}"
      }
      tryToLoad(Array(Models.interface(4, "\"schemas\": [\(schemas.joined(separator: ","))]").utf8))
    }
  }

  @Test func longChainsOfReferences() {
    let count = 5000
    let chain = Models.chain(count)
    #expect((try? ModelSet.empty.adding(chain.map { Array($0.utf8) })) == nil)
    let loop = Models.interface(3, "\"extends\": \"dtmi:test:link\(count);1\"", id: "dtmi:test:link0;1")
    let faults = try? ModelSet.empty.faults(adding: ([loop] + chain.dropFirst()).map { Array($0.utf8) })
    #expect(faults?.first?.rule == .recursiveExtends)
    for version in [3, 4] {
      let schemas = (0..<count).map { i in
        "{\"@id\": \"dtmi:test:s\(i);1\", \"@type\": \"Array\", \"elementSchema\": \"dtmi:test:s\((i + 1) % count);1\"}"
      }
      let text = Models.interface(version, "\"schemas\": [\(schemas.joined(separator: ","))]")
      #expect((try? Models.set(text)) == nil)
    }
  }
}
