import TwinModels

/// How a twin carries surfaces: a property whose schema is an object of two arrays of numbers, `vertices` (longitude,
/// latitude and height of each, one after the other) and `triangles` (three numbers of vertices each).
enum MeshValue {
  /// Whether a schema is one of surfaces.
  static func fits(_ schema: Schema?) -> Bool {
    guard case .object(let object)? = schema?.kind, object.fields.count == 2 else { return false }
    return isNumbers(object.field("vertices")?.schema) && isNumbers(object.field("triangles")?.schema)
  }

  private static func isNumbers(_ schema: Schema?) -> Bool {
    guard case .array(let element)? = schema?.kind, case .primitive(let primitive) = element.kind else {
      return false
    }
    switch primitive {
    case .double, .float, .integer, .long: return true
    default: return false
    }
  }
}
