import TwinValues

/// The first position of a GeoJSON geometry.
enum FirstPosition {
  static func of(_ bytes: UnsafeBufferPointer<UInt8>) -> GeoPosition? {
    guard let document = try? JSONDocument(Array(bytes)), var node = document.root["coordinates"] else {
      return nil
    }
    while var elements = Optional(node.elements), let inner = elements.next() {
      if let longitude = inner.double {
        guard let latitude = elements.next()?.double, abs(longitude) <= 180, abs(latitude) <= 89 else {
          return nil
        }
        return GeoPosition(longitude: longitude, latitude: latitude)
      }
      node = inner
    }
    return nil
  }
}
