import Testing
import TwinModels
import TwinValues

@Suite struct ModelSetTests {
  private let base = Models.contents(
    Models.property("mass", "\"double\"", "\"writable\": true"), id: "dtmi:test:base;1")
  private let part = Models.contents(
    "{\"@type\": \"Telemetry\", \"name\": \"speed\", \"schema\": \"float\"}", id: "dtmi:test:part;1")
  private let whole = Models.interface(
    3,
    """
    "extends": "dtmi:test:base;1", "displayName": {"en": "Pump", "ko": "펌프"}, "contents": [
      {"@type": ["Property", "Temperature"], "name": "heat", "schema": "double", "unit": "degreeCelsius"},
      {"@type": "Component", "name": "motor", "schema": "dtmi:test:part;1"},
      {"@type": "Relationship", "name": "feeds", "target": "dtmi:test:base;1", "maxMultiplicity": 3,
       "properties": [{"@type": "Property", "name": "since", "schema": "date"}]},
      {"@type": "Command", "name": "stop", "request": {"name": "why", "schema": "string"}}]
    """, id: "dtmi:test:whole;1", context: "\"dtmi:dtdl:extension:quantitativeTypes;1\"")

  private func dtmi(_ name: String) -> DTMI { Models.dtmi("dtmi:test:\(name);1") }

  @Test func interfacesAreResolved() throws {
    let set = try Models.set(whole, part, base)
    let model = try #require(set[dtmi("whole")])
    #expect(model.version == .v3)
    #expect(model.displayName["ko"] == "펌프")
    #expect(model.displayName.text(in: "fr") == "Pump")
    #expect(model.extends == [dtmi("base")])
    #expect(model.properties.map(\.name) == ["heat", "mass"])
    #expect(model.property("heat")?.unit == "degreeCelsius")
    #expect(model.property("heat")?.semanticTypes == ["Temperature"])
    #expect(model.property("mass")?.writable == true)
    #expect(model.property("mass")?.ownerModel == dtmi("base"))
    #expect(model.component("motor")?.interface == dtmi("part"))
    #expect(model.relationship("feeds")?.target == dtmi("base"))
    #expect(model.relationship("feeds")?.maxMultiplicity == 3)
    #expect(model.relationship("feeds")?.property("since")?.schema.displayName == "date")
    #expect(model.command("stop")?.request?.schema.displayName == "string")
    #expect(model.command("stop")?.response == nil)
    #expect(model.property("motor") == nil && model.content("motor") is ComponentDefinition)
    #expect(String(decoding: model.source, as: UTF8.self) == whole)
  }

  @Test func orderFollowsDependencies() throws {
    let set = try Models.set(whole, part, base)
    #expect(set.ids == [dtmi("part"), dtmi("base"), dtmi("whole")])
    #expect(set.dependencies(of: dtmi("whole")) == [dtmi("base"), dtmi("part")])
    #expect(set.dependents(of: dtmi("part")) == [dtmi("whole")])
    #expect(set.isSubtype(dtmi("whole"), of: dtmi("base")))
    #expect(set.isSubtype(dtmi("base"), of: dtmi("base")))
    #expect(!set.isSubtype(dtmi("base"), of: dtmi("whole")))
    #expect(!set.isSubtype(dtmi("absent"), of: dtmi("absent")))
    #expect(set.subtypes(of: dtmi("base")) == [dtmi("base"), dtmi("whole")])
  }

  @Test func addingIsAllOrNothingAndLeavesTheOldSet() throws {
    let first = try Models.set(base)
    let error = #expect(throws: NuriError.self) {
      try first.adding([Array(part.utf8), Array(Models.interface(3, "\"foo\": 1").utf8)])
    }
    #expect(error?.code == .invalidModel)
    let second = try first.adding([Array(part.utf8)])
    let third = try second.adding([Array(whole.utf8)])
    #expect(first.count == 1 && second.count == 2 && third.count == 3)
    #expect(third[dtmi("whole")]?.property("mass") === first[dtmi("base")]?.property("mass"))
  }

  @Test func modelsMustBeComplete() throws {
    let faults = try ModelSet.empty.faults(adding: [Array(whole.utf8), Array(part.utf8)])
    #expect(faults.map(\.rule) == [.unresolvedReference])
    #expect(faults.first?.advice == "Add that model in the same request, or before.")
    #expect(faults.first?.path == "extends")
  }

  @Test func resolversAreAsked() throws {
    var asked: [[String]] = []
    let texts = [dtmi("base"): base, dtmi("part"): part]
    let set = try ModelSet.empty.adding([Array(whole.utf8)]) { wanted in
      asked.append(wanted.map(\.text))
      return wanted.compactMap { texts[$0].map { Array($0.utf8) } }
    }
    #expect(set.count == 3)
    #expect(asked == [["dtmi:test:base;1", "dtmi:test:part;1"]])
    #expect(throws: NuriError.self) { try ModelSet.empty.adding([Array(whole.utf8)]) { _ in [] } }
  }

  @Test func removingRefusesWhatOthersNeed() throws {
    let set = try Models.set(whole, part, base)
    let error = #expect(throws: NuriError.self) { try set.removing(dtmi("part")) }
    #expect(error?.code == .modelInUse)
    #expect(error?.message.contains("dtmi:test:whole;1") == true)
    let smaller = try set.removing(dtmi("whole"))
    #expect(smaller.dependents(of: dtmi("part")).isEmpty)
    let smallest = try smaller.removing(dtmi("part"))
    #expect(smallest.ids == [dtmi("base")])
    #expect(try smallest.adding([Array(part.utf8)]).count == 2)
    #expect(#expect(throws: NuriError.self) { try set.removing(dtmi("absent")) }?.code == .modelNotFound)
  }

  @Test func interfacesInsideOthersBecomeModels() throws {
    let text = """
      {"@context": "dtmi:dtdl:context;3", "@id": "dtmi:test:outer;1", "@type": "Interface",
       "extends": {"@id": "dtmi:test:inner;1", "@type": "Interface", "contents": [\(Models.property("p"))]}}
      """
    let set = try Models.set(text)
    let sources = set.interfaces.map { String(decoding: $0.source, as: UTF8.self) }
    #expect(sources[1].contains("\"extends\": \"dtmi:test:inner;1\""))
    #expect(sources[0].hasPrefix("{\"@context\":\"dtmi:dtdl:context;3\","))
    let again = try ModelSet.empty.adding(set.interfaces.map(\.source))
    #expect(again.ids == set.ids)
    #expect(again[dtmi("outer")]?.properties.map(\.name) == ["p"])
  }

  @Test func arraysOfInterfacesKeepEachOnesText() throws {
    let set = try Models.set("[\(base), \(part)]")
    #expect(set.interfaces.map { String(decoding: $0.source, as: UTF8.self) } == [base, part])
  }

  @Test func brokenJSONSaysWhichDocument() {
    let error = #expect(throws: NuriError.self) { try Models.set(base, "{") }
    #expect(error?.code == .invalidJSON)
    #expect(error?.place?.hasPrefix("document 1") == true)
  }

  @Test func diamondsShareWhatTheyInherit() throws {
    let left = Models.interface(3, "\"extends\": \"dtmi:test:base;1\"", id: "dtmi:test:left;1")
    let right = Models.interface(2, id: "dtmi:test:right;1")
    let right3 = Models.interface(
      3, "\"extends\": [\"dtmi:test:base;1\", \"dtmi:test:right;1\"]", id: "dtmi:test:right3;1")
    let bottom = Models.interface(
      3, "\"extends\": [\"dtmi:test:left;1\", \"dtmi:test:right3;1\"]", id: "dtmi:test:bottom;1")
    let set = try Models.set(bottom, left, right3, right, base)
    #expect(set[dtmi("bottom")]?.properties.map(\.name) == ["mass"])
    #expect(set[dtmi("bottom")]?.allBases == ["left", "right3", "base", "right"].map(dtmi))
  }

  @Test func laterMinorVersionsOfContextsAreReadAsKnown() throws {
    let text = """
      {"@context": ["dtmi:dtdl:context;3.1", "dtmi:dtdl:extension:historization;1.2"], "@id": "dtmi:test:a;1",
       "@type": "Interface", "contents": [
         {"@type": ["Property", "Historized"], "name": "p", "schema": "double"}]}
      """
    #expect(try Models.set(text).interfaces.first?.property("p")?.adjunctTypes == ["Historized"])
    let old =
      "{\"@context\": \"dtmi:dtdl:context;2.1\", \"@id\": \"dtmi:test:a;1\", \"@type\": \"Interface\"}"
    #expect(throws: NuriError.self) { try Models.set(old) }
  }

  @Test func undefinedExtensionsAreKeptByName() throws {
    let text = Models.contents(
      "{\"@type\": [\"Property\", \"Streamed\"], \"name\": \"p\", \"schema\": \"double\", \"rate\": {\"a\": 1}}",
      context: "\"dtmi:example:streaming;1\"")
    #expect(throws: NuriError.self) { try Models.set(text) }
    let set = try Models.set(text, options: ModelOptions(undefinedExtensions: .allow))
    #expect(set.interfaces.first?.property("p")?.adjunctTypes == ["Streamed"])
  }
}
