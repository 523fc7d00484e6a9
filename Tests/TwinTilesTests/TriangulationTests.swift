import Testing
import TwinStorm

@testable import TwinTiles

@Suite("Triangulation")
struct TriangulationTests {
  private func area(_ xs: [Double], _ ys: [Double], _ points: some Collection<Int>) -> Double {
    let points = Array(points)
    return points.indices.reduce(0) { sum, i in
      let (a, b) = (points[i], points[(i + 1) % points.count])
      return sum + xs[a] * ys[b] - xs[b] * ys[a]
    } / 2
  }

  @Test("Triangles cover just the polygon: areas add up, none is turned", arguments: 1...400)
  func covers(_ number: UInt64) {
    var seed = Seed(number)
    // A star around the middle, with holes in rows and columns around it that don't touch: squares, or any star.
    var (xs, ys): ([Double], [Double]) = ([], [])
    let corners = 5 + seed.below(40)
    for i in 0..<corners {
      let angle = Double(i) / Double(corners)
      let (x, y) = Self.onSquare(angle)
      let stretch = 100 + Double(seed.below(100))
      xs.append(x * stretch)
      ys.append(y * stretch)
    }
    var ends = [corners]
    for hole in 0..<seed.below(17) {
      let middle = (Double(hole % 4) * 22 - 33, Double(hole / 4) * 22 - 33)
      let size = 1 + Double(seed.below(10))
      let isSquare = seed.below(2) == 0
      let count = isSquare ? 4 : 3 + seed.below(6)
      for i in 0..<count {
        let (x, y) = Self.onSquare((Double(i) + (isSquare ? 0.5 : 0)) / Double(count))
        let part = isSquare ? size : size * Double(1 + seed.below(4)) / 4
        xs.append(middle.0 + x * part)
        ys.append(middle.1 + y * part)
      }
      ends.append(xs.count)
    }
    let triangles = Triangulation.triangles(xs, ys, ringEnds: ends)
    var wanted = abs(area(xs, ys, 0..<corners))
    for (start, end) in zip(ends, ends.dropFirst()) { wanted -= abs(area(xs, ys, start..<end)) }
    var covered = 0.0
    for i in stride(from: 0, to: triangles.count, by: 3) {
      let part = area(xs, ys, triangles[i..<i + 3])
      #expect(part > -1e-9)
      covered += part
    }
    #expect(abs(covered - wanted) < 1e-6 * wanted)
  }

  /// A point on the unit square's edge, by how far round it is.
  private static func onSquare(_ turn: Double) -> (Double, Double) {
    let part = turn * 4
    switch Int(part) {
    case 0: return (1, part * 2 - 1)
    case 1: return (1 - (part - 1) * 2, 1)
    case 2: return (-1, 1 - (part - 2) * 2)
    default: return ((part - 3) * 2 - 1, -1)
    }
  }

  @Test("Nonsense ends")
  func nonsense() {
    var seed = Seed(9)
    for _ in 0..<500 {
      let count = seed.below(30)
      let xs = (0..<count).map { _ in Double(seed.below(6)) }
      let ys = (0..<count).map { _ in Double(seed.below(6)) }
      let middle = seed.below(count + 1)
      let triangles = Triangulation.triangles(xs, ys, ringEnds: [middle, count])
      #expect(triangles.allSatisfy { $0 >= 0 && $0 < count } && triangles.count % 3 == 0)
      _ = MeshValue.triangles(zip(xs, ys).map { ($0, $1, $0 + $1) }, ends: [middle, count])
    }
  }
}
