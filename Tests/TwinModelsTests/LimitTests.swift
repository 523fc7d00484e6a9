import Testing
import TwinModels
import TwinValues

/// Each limit of the language: what is just within it loads, what is just past it does not.
@Suite struct LimitTests {
  private func loads(_ documents: [String], _ options: ModelOptions = ModelOptions()) -> Bool {
    (try? ModelSet.empty.adding(documents.map { Array($0.utf8) }, options: options)) != nil
  }

  private func text(_ count: Int) -> String { String(repeating: "x", count: count) }

  @Test(arguments: DTDLVersion.allCases)
  func textsHaveLimits(version: DTDLVersion) {
    let limits = DTDLLimits(version)
    for (name, limit) in [
      ("comment", limits.commentLength), ("description", limits.descriptionLength),
      ("displayName", limits.displayNameLength),
    ] {
      #expect(loads([Models.interface(version.rawValue, "\"\(name)\": \"\(text(limit))\"")]))
      #expect(!loads([Models.interface(version.rawValue, "\"\(name)\": \"\(text(limit + 1))\"")]))
    }
    #expect(loads([Models.contents(Models.property(text(limits.nameLength)), version.rawValue)]))
    #expect(!loads([Models.contents(Models.property(text(limits.nameLength + 1)), version.rawValue)]))
  }

  @Test(arguments: DTDLVersion.allCases)
  func interfaceIdsHaveALimit(version: DTDLVersion) {
    let limit = DTDLLimits(version).interfaceIdentifierLength
    let id = "dtmi:" + text(limit - 7) + ";1"
    #expect(loads([Models.interface(version.rawValue, id: id)]))
    #expect(!loads([Models.interface(version.rawValue, id: "dtmi:x" + id.dropFirst(5))]))
  }

  @Test(arguments: DTDLVersion.allCases)
  func otherIdsHaveALimit(version: DTDLVersion) {
    let limit = DTDLLimits(version).identifierLength
    let id = "dtmi:" + text(limit - 7) + ";1"
    func model(_ id: String) -> String {
      Models.contents(Models.property("p", "\"double\"", "\"@id\": \"\(id)\""), version.rawValue)
    }
    #expect(loads([model(id)]))
    #expect(!loads([model("dtmi:x" + id.dropFirst(5))]))
  }

  @Test(arguments: DTDLVersion.allCases)
  func schemasNestSoDeep(version: DTDLVersion) {
    let limit = DTDLLimits(version).schemaDepth
    #expect(loads([Models.nested(limit, version.rawValue)]))
    #expect(!loads([Models.nested(limit + 1, version.rawValue)]))
  }

  @Test(arguments: DTDLVersion.allCases)
  func chainsOfExtendsAreSoLong(version: DTDLVersion) {
    let limit = DTDLLimits(version).extendsDepth
    #expect(loads(Models.chain(limit, version.rawValue)))
    #expect(!loads(Models.chain(limit + 1, version.rawValue)))
  }

  @Test func chainsGrowAcrossSets() throws {
    var set = ModelSet.empty
    let chain = Models.chain(11)
    for document in chain.dropLast() { set = try set.adding([Array(document.utf8)]) }
    let last = Array(chain[11].utf8)
    #expect(try set.faults(adding: [last]).map(\.rule) == [.excessiveDepth])
  }

  @Test func version2CountsItsParts() {
    let limits = DTDLLimits(.v2)
    func contents(_ count: Int) -> String {
      Models.contents((0..<count).map { Models.property("p\($0)") }.joined(separator: ","), 2)
    }
    #expect(limits.contents == 300 && loads([contents(300)]) && !loads([contents(301)]))
    func object(_ count: Int) -> String {
      let fields = (0..<count).map { "{\"name\": \"f\($0)\", \"schema\": \"double\"}" }.joined(separator: ",")
      return Models.contents(Models.property("p", "{\"@type\": \"Object\", \"fields\": [\(fields)]}"), 2)
    }
    #expect(limits.fields == 30 && loads([object(30)]) && !loads([object(31)]) && !loads([object(0)]))
    func enumeration(_ count: Int) -> String {
      let values = (0..<count).map { "{\"name\": \"v\($0)\", \"enumValue\": \($0)}" }.joined(separator: ",")
      let schema = "{\"@type\": \"Enum\", \"valueSchema\": \"integer\", \"enumValues\": [\(values)]}"
      return Models.contents(Models.property("p", schema), 2)
    }
    #expect(limits.enumValues == 100 && loads([enumeration(100)]) && !loads([enumeration(101)]))
    func relationship(_ count: Int, _ multiplicity: Int = 500) -> String {
      let properties = (0..<count).map { Models.property("p\($0)") }.joined(separator: ",")
      return Models.contents(
        "{\"@type\": \"Relationship\", \"name\": \"r\", \"maxMultiplicity\": \(multiplicity), \"properties\": [\(properties)]}",
        2)
    }
    #expect(loads([relationship(300)]) && !loads([relationship(301)]))
    #expect(loads([relationship(1, 500)]) && !loads([relationship(1, 501)]))
  }

  @Test func inheritedContentsCount() throws {
    func model(_ count: Int, _ prefix: String, id: String, extends: String = "") -> String {
      let contents = (0..<count).map { Models.property("\(prefix)\($0)") }.joined(separator: ",")
      return Models.interface(2, "\"contents\": [\(contents)]\(extends)", id: id)
    }
    let base = model(200, "a", id: "dtmi:test:base;1")
    let fits = model(100, "b", id: "dtmi:test:fits;1", extends: ", \"extends\": \"dtmi:test:base;1\"")
    let over = model(101, "b", id: "dtmi:test:over;1", extends: ", \"extends\": \"dtmi:test:base;1\"")
    #expect(loads([base, fits]))
    #expect(!loads([base, over]))
  }

  @Test func version3CountsBasesAlongEveryPath() {
    // Two layers of 32 interfaces, the second extending all of the first: 32 + 32 · 32 paths from the top.
    func layer(_ name: String, _ count: Int, _ bases: [String]) -> [String] {
      let extends = bases.map { "\"\($0)\"" }.joined(separator: ",")
      return (0..<count).map {
        Models.interface(3, "\"extends\": [\(extends)]", id: "dtmi:test:\(name)\($0);1")
      }
    }
    func top(_ width: Int) -> [String] {
      let first = layer("a", width, [])
      let second = layer("b", width, (0..<width).map { "dtmi:test:a\($0);1" })
      return first + second + layer("top", 1, (0..<width).map { "dtmi:test:b\($0);1" })
    }
    #expect(loads(top(31)))
    #expect(!loads(top(32)))
  }

  @Test func interfacesHaveSoManyElements() throws {
    func model(_ count: Int) -> [UInt8] {
      var fields = ""
      for i in 0..<count {
        fields += "{\"name\":\"f\(i)\",\"schema\":\"double\"}" + (i + 1 < count ? "," : "")
      }
      let schema = "{\"@type\":\"Object\",\"fields\":[\(fields)]}"
      let shared =
        "\"schemas\": [{\"@id\":\"dtmi:test:s;1\",\"@type\":\"Object\",\"fields\":[{\"name\":\"x\",\"schema\":\(schema)}]}]"
      let uses = (0..<100).map { Models.property("p\($0)", "\"dtmi:test:s;1\"") }.joined(separator: ",")
      return Array(Models.interface(3, "\(shared), \"contents\": [\(uses)]").utf8)
    }
    // 100 properties, each with a schema, a field, its schema and so many fields.
    #expect(try ModelSet.empty.faults(adding: [model(996)]).isEmpty)
    #expect(try ModelSet.empty.faults(adding: [model(997)]).map(\.rule) == [.excessiveCount])
  }

  @Test func interfaceTextsHaveALimit() {
    let limit = DTDLLimits(.v3).interfaceBytes ?? 0
    func padded(_ count: Int) -> String {
      let plain = Models.interface(3)
      return "{" + String(repeating: " ", count: count - plain.utf8.count) + plain.dropFirst()
    }
    #expect(loads([padded(limit)]))
    #expect(!loads([padded(limit + 1)]))
  }

  @Test func limitSetsChangeThem() throws {
    let accepted = ModelOptions(acceptedLimits: [Models.dtmi("dtmi:dtdl:limits:onvif")])
    func model(_ description: Int) -> String {
      """
      {"@context": ["dtmi:dtdl:context;4#limitless", "dtmi:dtdl:limits:onvif;1"], "@id": "dtmi:test:a;1",
       "@type": "Interface", "description": "\(text(description))"}
      """
    }
    #expect(loads([model(4096)], accepted))
    #expect(!loads([model(4097)], accepted))
    #expect(!loads([model(1)]))
  }
}
