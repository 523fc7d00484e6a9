import TwinValues

/// A JSON object seen as a JSON-LD element: keywords apart from properties.
struct LDElement {
  let node: JSONNode
  private(set) var context: JSONNode?
  private(set) var id: JSONNode?
  private(set) var types: JSONNode?
  private(set) var graph: JSONNode?
  private(set) var value: JSONNode?
  private(set) var language: JSONNode?
  /// Keywords that DTDL does not use.
  private(set) var keywords: [String] = []
  private(set) var properties: [(name: String, value: JSONNode)] = []
  /// Members of all sorts.
  var count: Int { node.count }

  init(_ node: JSONNode) {
    self.node = node
    for (key, member) in node.members {
      switch key {
      case "@context": context = member
      case "@id": id = member
      case "@type": types = member
      case "@graph": graph = member
      case "@value": value = member
      case "@language": language = member
      default:
        if key.hasPrefix("@") { keywords.append(key) } else { properties.append((key, member)) }
      }
    }
  }

  /// Keywords that versions after 2 forbid on an element.
  var strayKeywords: [String] {
    (language == nil ? [] : ["@language"]) + (value == nil ? [] : ["@value"]) + keywords
  }

  /// The strings of `@type` (`nil` where one is no string), or `nil` without `@type`.
  var typeNames: [String?]? {
    guard let types else { return nil }
    switch types.kind {
    case .string: return [types.string]
    case .array: return types.elements.map(\.string)
    default: return []
    }
  }
}

extension JSONNode {
  /// The values of a property: the node itself, or what is in its arrays, nested ones flattened.
  var flattened: [JSONNode] {
    guard kind == .array else { return [self] }
    var values: [JSONNode] = []
    var stack = [elements]
    while !stack.isEmpty {
      if let next = stack[stack.count - 1].next() {
        if next.kind == .array { stack.append(next.elements) } else { values.append(next) }
      } else {
        stack.removeLast()
      }
    }
    return values
  }
}
