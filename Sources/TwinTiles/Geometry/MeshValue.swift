import TwinModels
import TwinValues

/// How a twin carries surfaces: a property whose schema is an object of two arrays, `vertices` (longitude, latitude and
/// height of each, one after the other) and `surfaces`, each of rings of numbers of vertices, the outer ring first: as
/// the boundaries of a CityJSON MultiSurface.
enum MeshValue {
  /// Whether a schema is one of surfaces.
  static func fits(_ schema: Schema?) -> Bool {
    guard case .object(let object)? = schema?.kind, object.fields.count == 2,
      let vertices = element(object.field("vertices")?.schema),
      let surface = element(object.field("surfaces")?.schema), let ring = element(surface),
      let vertex = element(ring)
    else { return false }
    return isNumber(vertices) && isNumber(vertex)
  }

  private static func element(_ schema: Schema?) -> Schema? {
    guard case .array(let element)? = schema?.kind else { return nil }
    return element
  }

  private static func isNumber(_ schema: Schema) -> Bool {
    guard case .primitive(let primitive) = schema.kind else { return false }
    switch primitive {
    case .double, .float, .integer, .long: return true
    default: return false
    }
  }

  /// The numbers of the vertices of a surface, and one past the last of each ring; `nil` when it is not whole.
  static func rings(_ surface: JSONNode, below count: Int) -> (points: [Int], ends: [Int])? {
    var points: [Int] = []
    var ends: [Int] = []
    for ring in surface.elements {
      for vertex in ring.elements {
        guard let vertex = vertex.int64, vertex >= 0, vertex < count else { return nil }
        points.append(Int(vertex))
      }
      ends.append(points.count)
    }
    return (points, ends)
  }

  /// A flat surface in space as triangles of numbers of its points. It is laid flat along the axis that it faces most,
  /// so that triangles run as its outer ring does.
  static func triangles(_ points: [(x: Double, y: Double, z: Double)], ends: [Int]) -> [Int] {
    guard let first = ends.first, first >= 3 else { return [] }
    if points.count == 3 { return [0, 1, 2] }
    // Newell's normal.
    var normal = (x: 0.0, y: 0.0, z: 0.0)
    for i in 0..<first {
      let (a, b) = (points[i], points[(i + 1) % first])
      normal.x += (a.y - b.y) * (a.z + b.z)
      normal.y += (a.z - b.z) * (a.x + b.x)
      normal.z += (a.x - b.x) * (a.y + b.y)
    }
    let flat: [(Double, Double)]
    let isTurned: Bool
    if abs(normal.z) >= abs(normal.x), abs(normal.z) >= abs(normal.y) {
      (flat, isTurned) = (points.map { ($0.x, $0.y) }, normal.z < 0)
    } else if abs(normal.x) >= abs(normal.y) {
      (flat, isTurned) = (points.map { ($0.y, $0.z) }, normal.x < 0)
    } else {
      (flat, isTurned) = (points.map { ($0.z, $0.x) }, normal.y < 0)
    }
    var triangles = Triangulation.triangles(flat.map(\.0), flat.map(\.1), ringEnds: ends)
    if isTurned { for i in stride(from: 0, to: triangles.count, by: 3) { triangles.swapAt(i, i + 1) } }
    return triangles
  }
}
