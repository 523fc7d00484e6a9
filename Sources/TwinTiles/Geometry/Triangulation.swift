/// Cuts a polygon with holes into triangles by clipping ears; holes are first joined to the outer ring by bridges
/// (D. Eberly, *Triangulation by Ear Clipping*, Geometric Tools 1998–2024).
///
/// Any rings give something: where a polygon crosses itself, triangles may overlap.
struct Triangulation {
  private let xs: [Double]
  private let ys: [Double]
  /// The polygon as one ring of points, bridges twice.
  private var ring: [Int] = []
  private var next: [Int] = []
  private var last: [Int] = []

  /// Points, and one past the last point of each ring, the outer one first. Rings may run either way.
  /// - Returns: three points for each triangle, counterclockwise.
  static func triangles(_ xs: [Double], _ ys: [Double], ringEnds: [Int]) -> [Int] {
    var work = Triangulation(xs, ys)
    return work.run(ringEnds)
  }

  private init(_ xs: [Double], _ ys: [Double]) {
    self.xs = xs
    self.ys = ys
  }

  private mutating func run(_ ringEnds: [Int]) -> [Int] {
    guard let first = ringEnds.first, first >= 3 else { return [] }
    ring = turned(Array(0..<first), counterclockwise: true)
    var holes: [[Int]] = []
    for (start, end) in zip(ringEnds, ringEnds.dropFirst()) where end - start >= 3 {
      holes.append(turned(Array(start..<end), counterclockwise: false))
    }
    let sorted = holes.map { ($0, rightmost($0)) }.sorted { xs[$0.0[$0.1]] > xs[$1.0[$1.1]] }
    for (hole, at) in sorted { join(hole, at) }
    return clip()
  }

  private func turned(_ points: [Int], counterclockwise: Bool) -> [Int] {
    var area = 0.0
    for (i, a) in points.enumerated() {
      let b = points[(i + 1) % points.count]
      area += xs[a] * ys[b] - xs[b] * ys[a]
    }
    return (area >= 0) == counterclockwise ? points : points.reversed()
  }

  private func rightmost(_ points: [Int]) -> Int {
    points.indices.max { xs[points[$0]] < xs[points[$1]] } ?? 0
  }

  /// Twice the area of a triangle; positive when it runs counterclockwise.
  @inline(__always)
  private func cross(_ a: Int, _ b: Int, _ c: Int) -> Double {
    (xs[b] - xs[a]) * (ys[c] - ys[a]) - (xs[c] - xs[a]) * (ys[b] - ys[a])
  }

  @inline(__always)
  private func isInside(_ p: Int, _ a: Int, _ b: Int, _ c: Int) -> Bool {
    cross(a, b, p) >= 0 && cross(b, c, p) >= 0 && cross(c, a, p) >= 0
  }

  // MARK: Holes

  /// Joins a hole to the ring at the corner that its rightmost point sees.
  private mutating func join(_ hole: [Int], _ at: Int) {
    let from = hole[at]
    let bridge = seen(from: from)
    let turn = Array(hole[at...] + hole[..<at])
    ring.insert(contentsOf: turn + [from, ring[bridge]], at: bridge + 1)
  }

  /// The place in the ring of a corner that a point inside sees, looking right.
  private func seen(from point: Int) -> Int {
    let (px, py) = (xs[point], ys[point])
    var best: (x: Double, corner: Int)?
    for i in ring.indices {
      let (a, b) = (ring[i], ring[(i + 1) % ring.count])
      guard (ys[a] <= py) != (ys[b] <= py) || ys[a] == py || ys[b] == py, ys[a] != ys[b] else { continue }
      let along = (py - ys[a]) / (ys[b] - ys[a])
      guard along >= 0, along <= 1 else { continue }
      // Exactly the corner's where the line meets one, however numbers are rounded.
      let x = along == 1 ? xs[b] : xs[a] + along * (xs[b] - xs[a])
      if x >= px, x < best?.x ?? .infinity { best = (x, xs[a] > xs[b] ? i : (i + 1) % ring.count) }
    }
    guard let best else { return nearest(to: point) }
    // Another corner may stand between: the one at the smallest angle, then the nearest. Bridges pass corners twice, so
    // the corner found is judged as others are: the turn of the ring that looks at the point is taken.
    let corner = ring[best.corner]
    let side = ys[corner] >= py ? 1.0 : -1.0
    var chosen: Int?
    for i in ring.indices where xs[ring[i]] >= px {
      let p = ring[i]
      if ys[p] == py, xs[p] > best.x { continue }
      let around = (ring[(i + ring.count - 1) % ring.count], ring[(i + 1) % ring.count])
      guard isBetween(p, px, py, best.x, corner), isInwards(point, around.0, p, around.1) else { continue }
      let turn = chosen.map { side * cross(point, ring[$0], p) } ?? -1
      if turn < 0 || turn == 0 && xs[p] < xs[ring[chosen ?? i]] { chosen = i }
    }
    return chosen ?? best.corner
  }

  /// Whether a corner is in the triangle of the point that looks, what it looks at, and the corner found.
  private func isBetween(_ p: Int, _ px: Double, _ py: Double, _ hitX: Double, _ corner: Int) -> Bool {
    let sign = ys[corner] >= py ? 1.0 : -1.0
    func side(_ ax: Double, _ ay: Double, _ bx: Double, _ by: Double) -> Double {
      sign * ((bx - ax) * (ys[p] - ay) - (xs[p] - ax) * (by - ay))
    }
    return side(px, py, hitX, py) >= 0 && side(hitX, py, xs[corner], ys[corner]) >= 0
      && side(xs[corner], ys[corner], px, py) >= 0
  }

  private func nearest(to point: Int) -> Int {
    func distance(_ i: Int) -> Double {
      let (dx, dy) = (xs[ring[i]] - xs[point], ys[ring[i]] - ys[point])
      return dx * dx + dy * dy
    }
    return ring.indices.min { distance($0) < distance($1) } ?? 0
  }

  // MARK: Ears

  private mutating func clip() -> [Int] {
    let count = ring.count
    next = (0..<count).map { ($0 + 1) % count }
    last = (0..<count).map { ($0 + count - 1) % count }
    var triangles: [Int] = []
    triangles.reserveCapacity(3 * count)
    var (left, at, tries) = (count, 0, 0)
    while left > 2 {
      let (before, after) = (last[at], next[at])
      let area = cross(ring[before], ring[at], ring[after])
      // When no corner is an ear, the rings cross or nothing is left; any corner will do then.
      guard area > 0 && isEar(at) || area == 0 && isSpike(at) || tries > left else {
        (at, tries) = (after, tries + 1)
        continue
      }
      if area > 0 { triangles += [ring[before], ring[at], ring[after]] }
      next[before] = after
      last[after] = before
      (left, at, tries) = (left - 1, next[after], 0)
    }
    return triangles
  }

  /// Whether the ring goes back there the way it came.
  private func isSpike(_ at: Int) -> Bool {
    let (a, b, c) = (ring[last[at]], ring[at], ring[next[at]])
    return (xs[a] - xs[b]) * (xs[c] - xs[b]) + (ys[a] - ys[b]) * (ys[c] - ys[b]) >= 0
  }

  private func isEar(_ at: Int) -> Bool {
    let (before, after) = (last[at], next[at])
    let (a, b, c) = (ring[before], ring[at], ring[after])
    // Bridges pass points twice: the cut must leave both ends inwards, as this turn of the ring has it.
    guard isInwards(c, ring[last[before]], a, b), isInwards(a, b, c, ring[next[after]]) else { return false }
    var other = next[after]
    while other != before {
      let p = ring[other]
      // Only corners that turn inwards can stand in the way, and none at the ear's own points.
      if cross(ring[last[other]], p, ring[next[other]]) <= 0, isInside(p, a, b, c), !isAt(p, a), !isAt(p, b),
        !isAt(p, c)
      {
        return false
      }
      other = next[other]
    }
    return true
  }

  /// Whether the way from a corner to a point starts inside the polygon, given the corner's neighbours.
  @inline(__always)
  private func isInwards(_ p: Int, _ before: Int, _ corner: Int, _ after: Int) -> Bool {
    let (left, right) = (cross(corner, after, p) >= 0, cross(before, corner, p) >= 0)
    return cross(before, corner, after) > 0 ? left && right : left || right
  }

  private func isAt(_ a: Int, _ b: Int) -> Bool { a == b || xs[a] == xs[b] && ys[a] == ys[b] }
}
