import TwinGraph

/// A layer's values of one property as bytes; docs/tiles.md has the format.
enum ValueReader {
  /// Where there is no value.
  static let none: UInt16 = 65_535
  private static let steps = 65_534.0

  /// - Parameter column: a column of numbers, or `nil` for a property that no twin has.
  static func bytes(_ layer: TileLayer, _ graph: Graph, table: Int, column: Int?) -> [UInt8] {
    let numbers = column.map { read(graph, table: table, column: $0) } ?? []
    var low = Double.infinity
    var high = -Double.infinity
    for number in numbers where !number.isNaN {
      low = min(low, number)
      high = max(high, number)
    }
    if low > high { (low, high) = (0, 0) }
    let scale = high > low ? steps / (high - low) : 0
    let codes = numbers.map { $0.isNaN ? none : UInt16(min(steps, (($0 - low) * scale).rounded())) }
    var out: [UInt8] = []
    out.reserveCapacity(24 + 20 * layer.tiles.count + 2 * layer.count)
    out.append(contentsOf: "NVL1".utf8)
    withUnsafeBytes(of: UInt32(layer.tiles.count).littleEndian) { out.append(contentsOf: $0) }
    for bound in [low, high] {
      withUnsafeBytes(of: bound.bitPattern.littleEndian) { out.append(contentsOf: $0) }
    }
    for tile in layer.tiles {
      out.append(contentsOf: tile.name)
      withUnsafeBytes(of: UInt32(tile.count).littleEndian) { out.append(contentsOf: $0) }
    }
    let start = out.count
    out.append(contentsOf: repeatElement(0, count: 2 * layer.count))
    out.withUnsafeMutableBytes { raw in
      let place = UnsafeMutableRawBufferPointer(rebasing: raw[start...])
      var at = 0
      for tile in layer.tiles {
        for row in tile.rows {
          let code = Int(row) < codes.count ? codes[Int(row)] : none
          place.storeBytes(of: code.littleEndian, toByteOffset: at, as: UInt16.self)
          at += 2
        }
      }
    }
    return out
  }

  /// A column's numbers by row; not a number where there is none.
  private static func read(_ graph: Graph, table: Int, column: Int) -> [Double] {
    let kind = graph.layout(table: table).fields[column].kind
    var numbers = [Double](repeating: .nan, count: graph.rowCount(table: table) + 127)
    graph.forEachPage(table: table) { page in
      let presence = page.presence(column)
      let bits = (presence.0 & page.occupied.0, presence.1 & page.occupied.1)
      guard bits.0 | bits.1 != 0 else { return true }
      func copy<T: BitwiseCopyable>(_ type: T.Type, _ number: (T) -> Double) {
        _ = page.withValues(column, as: type) { values in
          for half in 0..<2 {
            var left = half == 0 ? bits.0 : bits.1
            while left != 0 {
              let row = half << 6 + left.trailingZeroBitCount
              numbers[page.firstRow + row] = number(values[row])
              left &= left &- 1
            }
          }
        }
      }
      switch kind {
      case .int32: copy(Int32.self) { Double($0) }
      case .int64: copy(Int64.self) { Double($0) }
      case .uint64: copy(UInt64.self) { Double($0) }
      case .double: copy(Double.self) { $0 }
      case .bool, .choice, .text, .json: break
      }
      return true
    }
    return numbers
  }
}
