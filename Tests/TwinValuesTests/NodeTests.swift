import Testing
import TwinValues

@Suite("Walking and writing JSON")
struct NodeTests {
  @Test("A value's text is what stands in the source")
  func sourceText() throws {
    let text = ##" { "a" : [ 1.50 , "x\"]}" , { } , [ ] ] , "b\n" : -0 , "c":{"d":[[true ] ],"e":null}} "##
    let document = try JSONDocument(text)
    let root = document.root
    #expect(root.sourceText == text.trimmed)
    #expect(root["a"]?.sourceText == ##"[ 1.50 , "x\"]}" , { } , [ ] ]"##)
    #expect(root["a"]?.elements.map(\.sourceText) == ["1.50", ##""x\"]}""##, "{ }", "[ ]"])
    #expect(root["b\n"]?.sourceText == "-0")
    #expect(root["c"]?.sourceText == ##"{"d":[[true ] ],"e":null}"##)
    #expect(root["c"]?["e"]?.place == "line 1, column \(text.utf8.count - 6)")
    #expect(root.memberNodes.map(\.key.sourceText) == [##""a""##, ##""b\n""##, ##""c""##])
  }

  @Test("Asking a value for what it is not gives nothing")
  func otherKinds() throws {
    let document = try JSONDocument(#"[null,true,1,1.5,"s",[],{}]"#)
    let kinds: [JSONNode.Kind] = [.null, .bool, .integer, .number, .string, .array, .object]
    #expect(document.root.elements.map(\.kind) == kinds)
    for node in document.root.elements {
      #expect((node.string != nil) == (node.kind == .string) && (node.bool != nil) == (node.kind == .bool))
      #expect((node.double != nil) == (node.kind == .integer || node.kind == .number))
      #expect((node.int64 != nil) == (node.kind == .integer) && node["a"] == nil)
      #expect(node.elements.map(\.kind).isEmpty && node.members.map(\.key).isEmpty && node.count == 0)
    }
  }

  @Test("What the writer writes reads back the same")
  func writerRoundTrip() throws {
    var writer = JSONWriter()
    let texts = ["", "\"\\/\u{8}\u{c}\n\r\t\u{0}\u{1f}\u{7f}", "한글 🙂 e\u{301}", "\u{2028}"]
    let doubles = [
      0, -0.0, 1, 1e15, 1e16, 1e21, 0.1, -1.5e-300, .greatestFiniteMagnitude, .leastNonzeroMagnitude,
    ]
    writer.beginObject()
    writer.key("t")
    writer.beginArray()
    for text in texts { writer.string(text) }
    writer.endArray()
    writer.key("d")
    writer.beginArray()
    for double in doubles { writer.double(double) }
    writer.double(.nan)
    writer.double(.infinity)
    writer.endArray()
    writer.key("i")
    writer.beginArray()
    writer.integer(.min)
    writer.unsigned(.max)
    writer.bool(true)
    writer.null()
    writer.raw("[1]".utf8)
    writer.beginObject()
    writer.endObject()
    writer.endArray()
    writer.splice(members: Array("{ }".utf8))
    writer.splice(members: Array(#"{"x":1}"#.utf8))
    writer.endObject()
    let document = try JSONDocument(writer.bytes)
    #expect(document.root["t"]?.elements.map(\.string) == texts)
    let read = document.root["d"]?.elements.map { $0.double?.bitPattern } ?? []
    #expect(read == doubles.map(\.bitPattern) + [nil, nil])
    #expect(document.root["i"]?.sourceText == "[-9223372036854775808,18446744073709551615,true,null,[1],{}]")
    #expect(document.root["x"]?.int64 == 1 && document.root.count == 4)
    var again = JSONWriter()
    again.node(document.root)
    #expect(again.text == writer.text)
  }

  @Test("Lines of their own have no commas between them, and a writer starts over")
  func lines() {
    var writer = JSONWriter()
    for number in 0..<2 {
      writer.integer(Int64(number))
      writer.newline()
    }
    #expect(writer.text == "0\n1\n")
    writer.reset()
    writer.null()
    #expect(writer.text == "null")
  }

  @Test("A value goes through JSON and comes back")
  func values() throws {
    let values: [Value] = [
      .bool(false), .integer(.min), .integer(.max), .unsigned(.max), .double(0.1), .double(-0.0),
      .string("é"),
      .json(Array(#"{"b":[1,"x"],"a":null}"#.utf8)),
    ]
    for value in values {
      var writer = JSONWriter()
      writer.value(value)
      let document = try JSONDocument(writer.bytes)
      #expect(Value(document.root) == value, "\(writer.text)")
    }
    let document = JSONDocument()
    #expect(Value(document.root) == nil)
    #expect(Value.unsigned(5).number == 5 && Value.string("5").number == nil)
  }

  @Test("Values are equal by their bytes")
  func equality() {
    #expect(Value.string("\u{e9}") != .string("e\u{301}"))
    #expect(Value.string("\u{212b}") != .string("A\u{30a}") && Value.string("\u{e9}") == .string("\u{e9}"))
    #expect(Value.integer(1) != .unsigned(1) && Value.integer(1) != .double(1))
    #expect(Set([Value.string("a"), .string("a"), .json([97])]).count == 2)
  }
}

extension String {
  fileprivate var trimmed: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
