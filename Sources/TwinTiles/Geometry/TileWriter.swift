/// Writes tiles as bytes; docs/tiles.md has the format.
struct TileWriter {
  private var out: [UInt8] = []
  private var numbers: [UInt32] = []

  /// A tile of some features of a store, in their order.
  mutating func tile(
    _ kind: TileKind, _ cell: Cell, _ features: ArraySlice<Feature>, _ store: FeatureStore
  ) -> [UInt8] {
    let rings = features.reduce(0) { $0 + $1.rings.count }
    let points = features.reduce(0) { sum, feature in
      feature.rings.reduce(sum) { $0 + store.points(ofRing: $1).count }
    }
    out.removeAll(keepingCapacity: true)
    out.reserveCapacity(64 + 4 * features.count + 4 * points)
    out.append(contentsOf: "NTL1".utf8)
    for byte in [kind.rawValue, 0, 0, 0] { out.append(byte) }
    for word in [UInt32(features.count), UInt32(rings), UInt32(points)] { append(word) }
    append(UInt32(bitPattern: Int32(cell.x)))
    append(UInt32(bitPattern: Int32(cell.y)))
    stream { numbers in for feature in features { numbers.append(UInt32(feature.rings.count)) } }
    stream { numbers in
      for feature in features { for ring in feature.rings { numbers.append(UInt32(store.ringHoles[ring])) } }
    }
    stream { numbers in
      for feature in features {
        for ring in feature.rings { numbers.append(UInt32(store.points(ofRing: ring).count)) }
      }
    }
    firsts(features, store, store.xs, from: cell.centre.x)
    firsts(features, store, store.ys, from: cell.centre.y)
    steps(kind, features, store)
    stream { numbers in for feature in features { numbers.append(zigzag(feature.base)) } }
    stream { numbers in for feature in features { numbers.append(UInt32(feature.top - feature.base)) } }
    if kind == .mesh { mesh(cell, features, store) }
    return out
  }

  private mutating func append(_ word: UInt32) {
    withUnsafeBytes(of: word.littleEndian) { out.append(contentsOf: $0) }
  }

  private mutating func firsts(
    _ features: ArraySlice<Feature>, _ store: FeatureStore, _ values: [Int32], from centre: Int32
  ) {
    var last = centre
    stream { numbers in
      for feature in features {
        for ring in feature.rings {
          let value = values[store.points(ofRing: ring).lowerBound]
          numbers.append(zigzag(value &- last))
          last = value
        }
      }
    }
  }

  /// The points of rings but the first: steps east and steps north. Most corners of buildings are right, so that one
  /// part of a step tells the other: polygons have `Corner`s instead.
  private mutating func steps(_ kind: TileKind, _ features: ArraySlice<Feature>, _ store: FeatureStore) {
    var others: [UInt32] = []
    let isArea = kind.isArea
    stream { numbers in
      for feature in features {
        for ring in feature.rings {
          let points = store.points(ofRing: ring)
          var steps = Corner.Steps(count: points.count)
          var last = points.lowerBound
          for i in points.dropFirst() {
            let step = (x: store.xs[i] &- store.xs[last], y: store.ys[i] &- store.ys[last])
            let (a, b) = isArea ? steps.code(step) : step
            numbers.append(zigzag(a))
            others.append(zigzag(b))
            last = i
          }
        }
      }
    }
    stream { $0 = others }
  }

  private mutating func mesh(_ cell: Cell, _ features: ArraySlice<Feature>, _ store: FeatureStore) {
    stream { numbers in for feature in features { numbers.append(UInt32(feature.vertices.count)) } }
    stream { numbers in for feature in features { numbers.append(UInt32(feature.indices.count / 3)) } }
    coordinates(features, from: cell.centre.x) { store.vertices[$0].x }
    coordinates(features, from: cell.centre.y) { store.vertices[$0].y }
    coordinates(features, from: 0) { store.vertices[$0].z }
    stream { numbers in
      for feature in features {
        var last: Int32 = 0
        for i in feature.indices {
          let index = Int32(store.indices[i])
          numbers.append(zigzag(index - last))
          last = index
        }
      }
    }
  }

  private mutating func coordinates(
    _ features: ArraySlice<Feature>, from start: Int32, _ value: (Int) -> Int32
  ) {
    var last = start
    stream { numbers in
      for feature in features {
        for i in feature.vertices {
          numbers.append(zigzag(value(i) &- last))
          last = value(i)
        }
      }
    }
  }

  /// A stream: the width of the greatest number in bytes, then its planes.
  private mutating func stream(_ fill: (inout [UInt32]) -> Void) {
    numbers.removeAll(keepingCapacity: true)
    fill(&numbers)
    var all: UInt32 = 0
    for number in numbers { all |= number }
    let width = (39 - all.leadingZeroBitCount) / 8
    out.append(UInt8(width))
    for plane in 0..<width {
      let shift = UInt32(8 * plane)
      for number in numbers { out.append(UInt8(truncatingIfNeeded: number >> shift)) }
    }
  }
}

/// A signed number as one without a sign: 0, -1, 1, -2, 2…
@inline(__always)
private func zigzag(_ value: Int32) -> UInt32 { UInt32(bitPattern: value << 1 ^ value >> 31) }
