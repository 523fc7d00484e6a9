/// Reads the commonest geometry without a parser: a compact GeoJSON point, as the graph stores it.
extension Geometry.Position {
  private static let prefix = Array("{\"type\":\"Point\",\"coordinates\":[".utf8)

  /// `{"type":"Point","coordinates":[127.0365,37.5006]}`; `nil` for anything else, which may be a point all the same.
  init?(compact bytes: UnsafeBufferPointer<UInt8>) {
    guard bytes.starts(with: Self.prefix) else { return nil }
    var at = Self.prefix.count
    guard let longitude = Self.number(bytes, &at), at < bytes.count, bytes[at] == UInt8(ascii: ",") else {
      return nil
    }
    at += 1
    guard let latitude = Self.number(bytes, &at), at < bytes.count,
      bytes[at] == UInt8(ascii: "]") || bytes[at] == UInt8(ascii: ","), abs(latitude) <= 90
    else { return nil }
    self.init(longitude: longitude, latitude: latitude)
  }

  /// A decimal number without exponent whose digits fit a double exactly; so does the power of ten, and a
  /// division of two exact numbers is rounded once.
  private static func number(_ bytes: UnsafeBufferPointer<UInt8>, _ at: inout Int) -> Double? {
    var mantissa: Int64 = 0
    var digits = 0
    var scale: Double = 1
    var isFraction = false
    let isNegative = at < bytes.count && bytes[at] == UInt8(ascii: "-")
    if isNegative { at += 1 }
    while at < bytes.count {
      let c = bytes[at]
      if c == UInt8(ascii: "."), !isFraction {
        isFraction = true
      } else if c >= 48, c <= 57 {
        mantissa = mantissa * 10 + Int64(c - 48)
        digits += 1
        if isFraction { scale *= 10 }
        if digits > 15 { return nil }
      } else if c | 0x20 == UInt8(ascii: "e") {
        return nil
      } else {
        break
      }
      at += 1
    }
    guard digits > 0 else { return nil }
    return (isNegative ? -Double(mantissa) : Double(mantissa)) / scale
  }
}
