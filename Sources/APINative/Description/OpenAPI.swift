import TwinNet
import TwinValues

/// The API as an OpenAPI 3.1 document, made of the table that also routes and checks.
enum OpenAPI {
  static func document(_ table: RouteTable) -> [UInt8] {
    var writer = JSONWriter(reserving: 128 << 10)
    writer.beginObject()
    writer.member("openapi", "3.1.0")
    writer.object("info") {
      $0.member("title", "Nuri")
      $0.member("version", "1")
      $0.member(
        "description",
        "Digital twins now, as of any instant, and in any fork. Answers about state name the state in the headers Nuri-World, Nuri-Sequence and Nuri-Recorded."
      )
    }
    writer.array("security") { writer in
      writer.beginObject()
      writer.array("key") { _ in }
      writer.endObject()
    }
    writer.object("paths") { paths in
      var seen: [String] = []
      for route in table.routes where !seen.contains(route.path) {
        seen.append(route.path)
        paths.object(route.path) { path in
          for each in table.routes where each.path == route.path { path.operation(each) }
        }
      }
    }
    writer.object("components") { components in
      components.object("schemas") { schemas in
        for (name, shape) in Shape.components.sorted(by: { $0.key < $1.key }) {
          schemas.key(name)
          schemas.schema(shape)
        }
      }
      components.object("headers") { $0.headers() }
      components.object("securitySchemes") {
        $0.object("key") {
          $0.member("type", "http")
          $0.member("scheme", "bearer")
        }
      }
    }
    writer.endObject()
    return writer.bytes
  }

  /// Problems that every route may answer with.
  static let problems = [400, 401, 403, 404, 408, 414, 429, 431, 503]

  /// Those that may also be a sentence in plain text: of a message that could not be read so far as to know its path.
  static let sentences: Set<Int> = [400, 408, 413, 414, 431]

  static func problems(of route: Route) -> [Int] {
    let body = route.body == nil ? [] : [413, 415]
    let writes = route.method == .get ? [] : [507]
    return Set(problems + body + writes + route.problems).sorted()
  }
}

extension JSONWriter {
  /// A member that is an object.
  fileprivate mutating func object(_ name: String, _ body: (inout JSONWriter) -> Void) {
    key(name)
    beginObject()
    body(&self)
    endObject()
  }

  /// A member that is an array.
  fileprivate mutating func array(_ name: String, _ body: (inout JSONWriter) -> Void) {
    key(name)
    beginArray()
    body(&self)
    endArray()
  }

  fileprivate mutating func operation(_ route: Route) {
    object(route.method.rawValue.lowercased()) { writer in
      writer.member("operationId", route.name)
      writer.member("summary", route.summary)
      writer.array("tags") { $0.string(route.tag) }
      if !route.parameters.isEmpty {
        writer.array("parameters") { list in
          for parameter in route.parameters { list.parameter(parameter) }
        }
      }
      if let body = route.body {
        writer.object("requestBody") { request in
          request.member("required", body.isRequired)
          request.media(body.media, example: body.example)
        }
      }
      writer.object("responses") { $0.responses(route) }
    }
  }

  private mutating func responses(_ route: Route) {
    for answer in route.answers {
      object(String(answer.status)) { writer in
        writer.member("description", answer.note)
        if !answer.headers.isEmpty {
          writer.object("headers") { headers in
            for name in answer.headers {
              headers.object(name) { $0.member("$ref", "#/components/headers/\(name)") }
            }
          }
        }
        if !answer.media.isEmpty { writer.media(answer.media, example: nil) }
      }
    }
    for status in OpenAPI.problems(of: route) {
      object(String(status)) { writer in
        writer.member("description", ProblemDocument.title(status))
        let sentence = OpenAPI.sentences.contains(status) ? [("text/plain", Shape.text(most: .max))] : []
        writer.media([(MediaType.problem, .named("Problem"))] + sentence, example: nil)
      }
    }
  }

  private mutating func media(_ media: [(type: String, shape: Shape)], example: String?) {
    object("content") { content in
      for (index, each) in media.enumerated() {
        content.object(each.type) { writer in
          // Lines have no schema of their own in OpenAPI: what is described is one of them.
          if each.type == MediaType.lines || each.type == MediaType.events {
            writer.object("schema") { $0.member("type", "string") }
            if each.type == MediaType.lines {
              writer.key("x-line-schema")
              writer.schema(each.shape)
            }
          } else {
            writer.key("schema")
            writer.schema(each.shape)
          }
          if let example, index == 0 {
            writer.key("example")
            writer.raw(example.utf8)
          }
        }
      }
    }
  }

  private mutating func parameter(_ parameter: Parameter) {
    beginObject()
    member("name", parameter.name)
    member("in", parameter.place.rawValue)
    member("required", parameter.isRequired)
    member("description", parameter.note)
    object("schema") { outer in
      guard parameter.isRepeated else {
        return outer.schema(parameter.kind, isPath: parameter.place == .path)
      }
      outer.member("type", "array")
      outer.object("items") { $0.schema(parameter.kind, isPath: false) }
    }
    member("example", parameter.example)
    endObject()
  }

  private mutating func schema(_ kind: Parameter.Kind, isPath: Bool) {
    switch kind {
    case .integer(let bounds, let standard):
      member("type", "integer")
      self.bounds(bounds)
      if let standard {
        key("default")
        integer(standard)
      }
    case .flag: member("type", "boolean")
    case .choice(let words):
      member("type", "string")
      array("enum") { list in for word in words { list.string(word) } }
    case .text(let most):
      member("type", "string")
      if isPath { member("minLength", UInt64(1)) }
      member("maxLength", UInt64(most))
    case .instant:
      member("type", "string")
      member("format", "date-time")
    case .point:
      member("type", "string")
      member(
        "pattern",
        "^(now|[0-9]{1,18}|-[0-9]{1,4}[smhdw]|[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?)$"
      )
    case .etags: member("type", "string")
    }
  }

  private mutating func bounds(_ bounds: ClosedRange<Int64>) {
    key("minimum")
    integer(bounds.lowerBound)
    if bounds.upperBound < .max {
      key("maximum")
      integer(bounds.upperBound)
    }
  }

  fileprivate mutating func schema(_ shape: Shape) {
    beginObject()
    schemaMembers(shape)
    endObject()
  }

  private mutating func schemaMembers(_ shape: Shape) {
    switch shape {
    case .any: return
    case .flag: member("type", "boolean")
    case .text(let most, let note):
      member("type", "string")
      if most < .max { member("maxLength", UInt64(most)) }
      if !note.isEmpty { member("description", note) }
    case .choice(let words):
      member("type", "string")
      array("enum") { list in for word in words { list.string(word) } }
    case .instant:
      member("type", "string")
      member("format", "date-time")
    case .integer(let bounds):
      member("type", "integer")
      self.bounds(bounds)
    case .number: member("type", "number")
    case .list(let element, let most):
      member("type", "array")
      key("items")
      schema(element)
      if most < .max { member("maxItems", UInt64(most)) }
    case .object(let members, let others): objectSchema(members, others)
    case .named(let name): member("$ref", "#/components/schemas/\(name)")
    case .either(let shapes):
      array("anyOf") { list in for each in shapes { list.schema(each) } }
    case .nullable(let inner):
      array("anyOf") { list in
        list.schema(inner)
        list.beginObject()
        list.member("type", "null")
        list.endObject()
      }
    }
  }

  private mutating func objectSchema(_ members: [Shape.Member], _ others: Shape.Others) {
    member("type", "object")
    if !members.isEmpty {
      object("properties") { properties in
        for member in members {
          properties.key(member.name)
          properties.beginObject()
          properties.schemaMembers(member.shape)
          if !member.note.isEmpty, case .text(_, "") = member.shape {
            properties.member("description", member.note)
          }
          properties.endObject()
        }
      }
      let required = members.filter(\.isRequired)
      if !required.isEmpty {
        array("required") { list in for member in required { list.string(member.name) } }
      }
    }
    switch others {
    case .refused: member("additionalProperties", false)
    case .any: return
    case .shaped(let shape):
      key("additionalProperties")
      schema(shape)
    }
  }

  fileprivate mutating func headers() {
    let texts = [
      ("Nuri-World", "The world that was read or written."),
      ("Nuri-Sequence", "The last change that the state has seen."),
      ("Nuri-Recorded", "The recorded time of that change."),
      ("Nuri-Query-Charge", "Roughly how much work the page was; 1 for asking."),
      ("ETag", "Names the last change of the thing."), ("Link", "The next page."),
    ]
    for (name, note) in texts {
      object(name) { header in
        header.member("description", note)
        header.object("schema") { $0.member("type", "string") }
      }
    }
  }
}
