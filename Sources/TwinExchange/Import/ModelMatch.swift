import TwinModels
import TwinValues

/// Whether a world has a model of a file already.
enum ModelMatch {
  /// `true` when it has the very same model, `false` when it has none of that id.
  /// - Throws: `modelExists` when it has another model of that id.
  static func isKnown(_ node: JSONNode, in models: ModelSet) throws(NuriError) -> Bool {
    guard let id = node["@id"]?.string, let dtmi = try? DTMI(id), models[dtmi] != nil else { return false }
    return true
  }
}
