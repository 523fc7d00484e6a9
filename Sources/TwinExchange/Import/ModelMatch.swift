import TwinGraph
import TwinModels
import TwinValues

/// Whether a world has a model of a file already.
enum ModelMatch {
  /// `true` when it has the very same model, `false` when it has none of that id.
  /// - Throws: `modelExists` when it has another model of that id.
  static func isKnown(_ node: JSONNode, in models: ModelSet) throws(NuriError) -> Bool {
    guard let id = node["@id"]?.string, let dtmi = try? DTMI(id), let model = models[dtmi] else {
      return false
    }
    let known = try JSONDocument(model.source)
    guard isSame(known.root, node) else {
      throw NuriError(
        .modelExists, "The world has another model of the id \(id).",
        advice: "Give the new one the next version number, such as ;2 after ;1.")
    }
    return true
  }

  /// Whether two JSON values are the same but for the order of members.
  static func isSame(_ a: JSONNode, _ b: JSONNode) -> Bool {
    guard a.kind == b.kind, a.count == b.count else { return false }
    switch a.kind {
    case .object: return a.members.allSatisfy { key, value in b[key].map { isSame(value, $0) } ?? false }
    case .array: return zip(a.elements, b.elements).allSatisfy { isSame($0, $1) }
    case .null, .bool, .integer, .number, .string: return Value(a) == Value(b)
    }
  }
}
