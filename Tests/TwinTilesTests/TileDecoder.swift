/// A reader of docs/tiles.md that shares nothing with the writer.
struct DecodedTile {
  struct Ring: Equatable {
    var isHole: Bool
    /// Quanta from the square's centre.
    var points: [[Int]]
  }

  var kind = 0
  var x = 0
  var y = 0
  var features: [[Ring]] = []
  var base: [Int] = []
  var height: [Int] = []
  /// Of a mesh: each feature's vertices, and its triangles' vertices.
  var vertices: [[[Int]]] = []
  var triangles: [[Int]] = []
  /// Bytes read.
  private(set) var end = 28
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    guard bytes.starts(with: "NTL1".utf8) else { return }
    kind = Int(bytes[4])
    let (count, ringCount, points) = (word(8), word(12), word(16))
    (x, y) = (Int(Int32(truncatingIfNeeded: word(20))), Int(Int32(truncatingIfNeeded: word(24))))
    let ringsOf = numbers(count)
    let holes = numbers(ringCount)
    let lengths = numbers(ringCount)
    let (firstX, firstY) = (signed(ringCount), signed(ringCount))
    let (a, b) = (signed(points - ringCount), signed(points - ringCount))
    var rings: [Ring] = []
    var (x, y, step) = (0, 0, 0)
    for ring in 0..<ringCount {
      (x, y) = (x + firstX[ring], y + firstY[ring])
      var ringPoints = [[x, y]]
      var steps: [[Int]] = []
      for _ in 1..<max(lengths[ring], 1) {
        steps.append(kind < 2 ? [a[step], b[step]] : corner(a[step], b[step], steps, lengths[ring]))
        step += 1
        ringPoints.append(zip(ringPoints.last ?? [0, 0], steps.last ?? [0, 0]).map(+))
      }
      rings.append(Ring(isHole: holes[ring] == 1, points: ringPoints))
    }
    var next = 0
    for count in ringsOf {
      features.append(Array(rings[next..<next + count]))
      next += count
    }
    base = signed(count)
    height = numbers(count)
    if kind == 4 { mesh(count) }
  }

  private func corner(_ a: Int, _ b: Int, _ before: [[Int]], _ length: Int) -> [Int] {
    guard let last = before.last else { return [a, b] }
    if length == 4, before.count == 2 { return [a - before[0][0], b - before[0][1]] }
    func across(_ part: Int, _ same: Int, _ other: Int) -> Int {
      other == 0 ? 0 : Int((Double(-part * same) / Double(other) + 0.5).rounded(.down))
    }
    if abs(last[1]) >= abs(last[0]) { return [a, b + across(a, last[0], last[1])] }
    return [b + across(a, last[1], last[0]), a]
  }

  private mutating func mesh(_ count: Int) {
    let vertexCounts = numbers(count)
    let triangleCounts = numbers(count)
    let all = vertexCounts.reduce(0, +)
    let parts = (0..<3).map { _ in signed(all) }
    let steps = signed(3 * triangleCounts.reduce(0, +))
    var (place, vertex, step) = ([0, 0, 0], 0, 0)
    for feature in 0..<count {
      var own: [[Int]] = []
      for _ in 0..<vertexCounts[feature] {
        for part in 0..<3 { place[part] += parts[part][vertex] }
        own.append(place)
        vertex += 1
      }
      vertices.append(own)
      var index = 0
      triangles.append(
        (0..<3 * triangleCounts[feature]).map { _ in
          index += steps[step]
          step += 1
          return index
        })
    }
  }

  private func word(_ at: Int) -> Int { (0..<4).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) } }

  private mutating func numbers(_ count: Int) -> [Int] {
    let width = Int(bytes[end])
    let start = end + 1
    end = start + width * count
    return (0..<count).map { i in
      (0..<width).reduce(0) { $0 | Int(bytes[start + $1 * count + i]) << (8 * $1) }
    }
  }

  private mutating func signed(_ count: Int) -> [Int] {
    numbers(count).map { $0 % 2 == 0 ? $0 / 2 : -($0 + 1) / 2 }
  }
}

/// Values as docs/tiles.md has them, by hash.
struct DecodedValues {
  var low = 0.0
  var high = 0.0
  var tiles: [String: [Double?]] = [:]

  init(_ bytes: [UInt8]) {
    guard bytes.starts(with: "NVL1".utf8) else { return }
    func word(_ at: Int, _ size: Int) -> UInt64 {
      (0..<size).reduce(0) { $0 | UInt64(bytes[at + $1]) << UInt64(8 * $1) }
    }
    let count = Int(word(4, 4))
    (low, high) = (Double(bitPattern: word(8, 8)), Double(bitPattern: word(16, 8)))
    var at = 24 + 20 * count
    for tile in 0..<count {
      let entry = 24 + 20 * tile
      let hash = bytes[entry..<entry + 16].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
      tiles[hash] = (0..<Int(word(entry + 16, 4))).map { i in
        let code = word(at + 2 * i, 2)
        return code == 65535 ? nil : low + Double(code) * (high - low) / 65534
      }
      at += 2 * (tiles[hash]?.count ?? 0)
    }
  }
}
