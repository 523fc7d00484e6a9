/// What a city object covers on the ground: the outline of the surfaces that it stands on.
struct CityOutline {
  typealias Point = CityJSONFile.Point
  private struct Place: Hashable {
    let x: Double
    let y: Double
  }

  private let file: CityJSONFile
  private let shape: CityJSONFile.Shape
  private let unit: (x: Double, y: Double)

  /// Polygons of rings, outer ones counterclockwise, in the file's system; the box around it for something without any
  /// ground.
  static func polygons(_ shape: CityJSONFile.Shape, _ file: CityJSONFile) -> [[[Point]]] {
    let outline = CityOutline(file: file, shape: shape)
    let found = outline.polygons(of: outline.ground())
    return found.isEmpty ? outline.box() : found
  }

  private init(file: CityJSONFile, shape: CityJSONFile.Shape) {
    self.file = file
    self.shape = shape
    let first = shape.surfaces.first?.rings.first?.first.map { file.vertices[$0] }
    unit = file.frame.scale(y: first?.y ?? 0)
  }

  // MARK: Ground

  /// The surfaces it stands on: those said to be ground; else those that look down, or up where none does.
  private func ground() -> [CityJSONFile.Surface] {
    let said = shape.surfaces.filter { $0.kind == "GroundSurface" }
    if !said.isEmpty { return said }
    var (down, up): ([CityJSONFile.Surface], [CityJSONFile.Surface]) = ([], [])
    var (downArea, upArea) = (0.0, 0.0)
    for surface in shape.surfaces {
      guard let ring = surface.rings.first, let z = flatness(ring) else { continue }
      if z < 0 {
        down.append(surface)
        downArea -= area(ring)
      } else {
        up.append(surface)
        upArea += area(ring)
      }
    }
    return downArea >= upArea / 2 ? down : up
  }

  /// The upward part of a surface's unit normal (Newell's); `nil` for one that stands or is no surface.
  private func flatness(_ ring: [Int]) -> Double? {
    var (x, y, z) = (0.0, 0.0, 0.0)
    for (i, point) in ring.enumerated() {
      let (a, b) = (file.vertices[point], file.vertices[ring[(i + 1) % ring.count]])
      x += (a.y - b.y) * unit.y * (a.z + b.z)
      y += (a.z - b.z) * (a.x + b.x) * unit.x
      z += (a.x - b.x) * unit.x * (a.y + b.y) * unit.y
    }
    let length = (x * x + y * y + z * z).squareRoot()
    return length > 0 && abs(z) > 0.3 * length ? z / length : nil
  }

  /// The area in plan, in square metres; positive when the ring runs counterclockwise.
  private func area(_ ring: [Int]) -> Double { area(ring.map { file.vertices[$0] }) }

  private func area(_ ring: [Point]) -> Double {
    guard let origin = ring.first else { return 0 }
    var sum = 0.0
    for (i, a) in ring.enumerated() {
      let b = ring[(i + 1) % ring.count]
      sum += (a.x - origin.x) * (b.y - origin.y) - (b.x - origin.x) * (a.y - origin.y)
    }
    return sum / 2 * unit.x * unit.y
  }

  // MARK: Outline

  /// Edges that two surfaces share, once each way, are inside; the others are the outline.
  private func polygons(of surfaces: [CityJSONFile.Surface]) -> [[[Point]]] {
    var places: [Place: Int] = [:]
    var points: [Point] = []
    func number(_ vertex: Int) -> Int {
      let point = file.vertices[vertex]
      let place = Place(x: point.x, y: point.y)
      if let known = places[place] { return known }
      places[place] = points.count
      points.append(point)
      return points.count - 1
    }
    var edges: [[Int]: Int] = [:]
    for surface in surfaces {
      guard let outer = surface.rings.first else { continue }
      let isTurned = area(outer) < 0
      for ring in surface.rings {
        let numbers = (isTurned ? ring.reversed() : ring).map(number)
        for (i, a) in numbers.enumerated() {
          let b = numbers[(i + 1) % numbers.count]
          if a == b { continue }
          if let back = edges[[b, a]] {
            edges[[b, a]] = back == 1 ? nil : back - 1
          } else {
            edges[[a, b], default: 0] += 1
          }
        }
      }
    }
    let rings = CityOutline.rings(edges).map { $0.map { points[$0] } }
    return nested(rings.filter { abs(area($0)) > 0.01 })
  }

  /// Walks along the edges; where the way crosses itself a ring is cut off.
  private static func rings(_ edges: [[Int]: Int]) -> [[Int]] {
    var ways: [Int: [Int]] = [:]
    for (edge, count) in edges.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      ways[edge[0], default: []] += [Int](repeating: edge[1], count: count)
    }
    var rings: [[Int]] = []
    for start in ways.keys.sorted() {
      var path = [start]
      var places = [start: 0]
      while let here = path.last, let next = ways[here]?.popLast() {
        guard let cut = places[next] else {
          places[next] = path.count
          path.append(next)
          continue
        }
        rings.append(Array(path[cut...]))
        for point in path[(cut + 1)...] { places[point] = nil }
        path.removeSubrange((cut + 1)...)
      }
    }
    return rings.filter { $0.count >= 3 }
  }

  /// Gives each hole to the smallest outer ring around it.
  private func nested(_ rings: [[Point]]) -> [[[Point]]] {
    var polygons = rings.filter { area($0) > 0 }.sorted { area($0) < area($1) }.map { [$0] }
    for hole in rings where area(hole) < 0 {
      let middle = Point(x: (hole[0].x + hole[1].x) / 2, y: (hole[0].y + hole[1].y) / 2, z: 0)
      if let around = polygons.firstIndex(where: { CityOutline.contains($0[0], middle) }) {
        polygons[around].append(hole)
      }
    }
    return polygons
  }

  private static func contains(_ ring: [Point], _ point: Point) -> Bool {
    var isInside = false
    for (i, a) in ring.enumerated() {
      let b = ring[(i + 1) % ring.count]
      if (a.y > point.y) != (b.y > point.y),
        point.x < (b.x - a.x) * (point.y - a.y) / (b.y - a.y) + a.x
      {
        isInside.toggle()
      }
    }
    return isInside
  }

  /// The box around everything, at least a decimetre wide.
  private func box() -> [[[Point]]] {
    let points = shape.surfaces.flatMap { $0.rings.flatMap { $0 } }.map { file.vertices[$0] }
    guard let first = points.first else { return [] }
    var (low, high) = (first, first)
    for point in points {
      (low.x, low.y) = (min(low.x, point.x), min(low.y, point.y))
      (high.x, high.y) = (max(high.x, point.x), max(high.y, point.y))
    }
    high.x = max(high.x, low.x + 0.1 / unit.x)
    high.y = max(high.y, low.y + 0.1 / unit.y)
    return [
      [[low, Point(x: high.x, y: low.y, z: 0), high, Point(x: low.x, y: high.y, z: 0)]]
    ]
  }
}
