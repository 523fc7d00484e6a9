import Testing
import TwinGraph
import TwinValues

@Suite("Twins and relationships as JSON")
struct ShapeTests {
  private func twinText(_ graph: Graph, _ id: String) throws -> String {
    var writer = JSONWriter()
    graph.writeTwin(try #require(graph.twin(id)), into: &writer)
    return writer.text
  }

  @Test("Update times and ETags follow the last change of each property and of the twin")
  func updateTimes() throws {
    let graph = try Models.graph()
      .after(
        .putTwin(
          id: "m", model: Models.machine,
          properties: [PropertyEdit("heat", .double(1.5)), PropertyEdit("rotor.wear", .double(0.25))]),
        30, at: 1000
      )
      .after(.patchTwin(id: "m", edits: [PropertyEdit("heat", .double(2))]), 31, at: 2500)
    let expected = """
      {"$dtId":"m","$etag":"W/\\"1f\\"","heat":2,"rotor":{"wear":0.25,"$metadata":{\
      "$lastUpdateTime":"1970-01-01T00:00:02.500Z","wear":{"lastUpdateTime":"1970-01-01T00:00:01.000Z"}}},\
      "$metadata":{"$model":"dtmi:test:Machine;1","$lastUpdateTime":"1970-01-01T00:00:02.500Z",\
      "heat":{"lastUpdateTime":"1970-01-01T00:00:02.500Z"}}}
      """
    #expect(try twinText(graph, "m") == expected)
    #expect(ETag.sequence(ETag.text(31)) == 31)
    #expect(ETag.sequence("W/\"\"") == nil && ETag.sequence("\"1f\"") == nil)
  }

  @Test("What a twin says of itself makes the same twin again")
  func readsBack() throws {
    let put = Change.putTwin(
      id: "기계", model: Models.special,
      properties: [
        PropertyEdit("on", .bool(true)), PropertyEdit("number", .unsigned(.max)),
        PropertyEdit("total", .integer(.min)), PropertyEdit("mode", .string("바쁨")),
        PropertyEdit("box", .json(Array(#"{"width":1,"tag":"a\"b"}"#.utf8))),
        PropertyEdit("rotor.label", .string("x")), PropertyEdit("rank", .integer(-7)),
      ])
    var graph = try Models.graph().after(put, 2)
    let document = try JSONDocument(try twinText(graph, "기계"))
    let again = try graph.twinChange(from: document.root)
    let copy = try Models.graph().after(again, 2)
    #expect(try NaiveGraph(copy) == NaiveGraph(graph))
  }

  @Test("A null in a replacement takes the property away")
  func nullReplaces() throws {
    var graph = try Models.graph()
      .after(.putTwin(id: "m", model: Models.machine, properties: [PropertyEdit("heat", .double(1))]), 2)
    let text = #"{"$metadata":{"$model":"dtmi:test:Machine;1"},"heat":null}"#
    let change = try graph.twinChange(from: try JSONDocument(text).root, id: "m")
    graph = try graph.after(change, 3)
    #expect(try graph.value(#require(graph.twin("m")), "heat") == nil)
  }

  @Test(
    "Errors name the twin and the member",
    arguments: [
      (#"{"$metadata":{"$model":"dtmi:test:Machine;1"}}"#, "$dtId", ""),
      (#"{"$dtId":"m"}"#, "$model", "twin m"),
      (#"{"$dtId":"m","$metadata":{"$model":"dtmi:test:None;1"}}"#, "dtmi:test:None;1", "twin m"),
      (#"{"$dtId":"m","$metadata":{"$model":"dtmi:test:Machine;1"},"heet":1}"#, "heet", "twin m"),
      (#"{"$dtId":"m","$metadata":{"$model":"dtmi:test:Machine;1"},"heat":"hot"}"#, "double", "twin m, heat"),
      (#"{"$dtId":"m","$metadata":{"$model":"dtmi:test:Machine;1"},"rotor.wear":1}"#, "rotor.wear", "twin m"),
      (#"{"$dtId":"m","$metadata":{"$model":"dtmi:test:Machine;1"},"rotor":5}"#, "rotor", "twin m"),
      (
        #"{"$dtId":"m","$metadata":{"$model":"dtmi:test:Machine;1"},"rotor":{"wear":"x"}}"#, "double",
        "twin m, rotor.wear"
      ), ("[]", "object", ""),
    ])
  func twinErrors(_ text: String, _ message: String, _ place: String) throws {
    var graph = try Models.graph()
    let root = try JSONDocument(text).root
    #expect {
      _ = try graph.twinChange(from: root)
    } throws: { error in
      guard let error = error as? NuriError else { return false }
      return error.message.contains(message) && (error.place ?? "").contains(place)
    }
  }

  @Test(
    "A relationship's errors name it and the member",
    arguments: [
      (#"{"$relationshipId":"r","$relationshipName":"feeds","$targetId":"m"}"#, "$sourceId"),
      (#"{"$sourceId":"m","$relationshipName":"feeds","$targetId":"m"}"#, "$relationshipId"),
      (#"{"$sourceId":"m","$relationshipId":"r","$targetId":"m"}"#, "$relationshipName"),
      (#"{"$sourceId":"m","$relationshipId":"r","$relationshipName":"feeds"}"#, "$targetId"),
      ("7", "object"),
    ])
  func relationshipErrors(_ text: String, _ message: String) throws {
    let graph = try Models.graph()
    let root = try JSONDocument(text).root
    #expect {
      _ = try graph.relationshipChange(from: root)
    } throws: {
      ($0 as? NuriError)?.message.contains(message) ?? false
    }
  }

  @Test("A relationship's properties are an object, and stand between its own members")
  func relationshipProperties() throws {
    let graph = try Models.graph().after(.putTwin(id: "m", model: Models.machine, properties: []), 2)
    func put(_ properties: String) throws -> String {
      let linked = try graph.after(
        .putRelationship(
          source: "m", id: "r", name: "feeds", target: "m", properties: Array(properties.utf8)),
        3)
      var writer = JSONWriter()
      let twin = try #require(linked.twin("m"))
      linked.writeRelationship(try #require(linked.relationship(twin, "r")), into: &writer)
      return writer.text
    }
    let bare =
      #"{"$relationshipId":"r","$sourceId":"m","$targetId":"m","$relationshipName":"feeds","$etag":"W/\"3\"""#
    #expect(try put("") == bare + "}")
    #expect(try put("{}") == bare + "}")
    #expect(try put("{ }") == bare + "}")
    #expect(try put(#"{"flow":2.5}"#) == bare + #","flow":2.5}"#)
    #expect(code { _ = try put("[1]") } == .invalidValue)
    #expect(code { _ = try put("\u{feff}{}") } == .invalidValue)
    #expect(code { _ = try put(#"{"flow":"fast"}"#) } == .invalidValue)
  }

  @Test("What is given on many lines is kept on one, so that exports have one record a line")
  func manyLines() throws {
    let json = Array("\u{feff}{\"width\":\n\t1,\r\n\"tag\":\"a b\"}\n".utf8)
    let graph = try Models.graph()
      .after(.putTwin(id: "m", model: Models.machine, properties: [PropertyEdit("box", .json(json))]), 2)
      .after(
        .putRelationship(
          source: "m", id: "r", name: "feeds", target: "m", properties: Array("{\n\"flow\":\n2}".utf8)), 3)
    let twin = try #require(graph.twin("m"))
    #expect(graph.value(twin, "box") == .json(Array(#"{"width":1,"tag":"a b"}"#.utf8)))
    #expect(graph.properties(of: try #require(graph.relationship(twin, "r"))) == Array(#"{"flow":2}"#.utf8))
  }

  @Test("Texts that look alike but differ in bytes are different")
  func composedLetters() throws {
    let graph = try Models.graph()
    func put(_ text: String, _ sequence: UInt64) throws -> Graph {
      try graph.after(
        .putTwin(id: "m", model: Models.machine, properties: [PropertyEdit("note", .string(text))]), sequence)
    }
    #expect(differences(try put("\u{e9}", 2), try put("e\u{301}", 3), sharedThrough: 0).count == 1)
    let both = try graph.after(.putTwin(id: "\u{ac00}", model: Models.part, properties: []), 2)
      .after(.putTwin(id: "\u{1100}\u{1161}", model: Models.part, properties: []), 3)
    #expect(both.twinCount == 2)
  }
}
