import TwinValues

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A GeoJSON geometry (RFC 7946), as far as queries need it. Longitude and latitude in degrees on WGS 84.
enum Geometry {
  struct Position: Equatable {
    var longitude: Double
    var latitude: Double
  }

  /// An outer ring and holes, with the box around the outer ring.
  struct Polygon {
    var rings: [[Position]]
    var southWest: Position
    var northEast: Position
  }

  case point(Position)
  case polygons([Polygon])

  init?(_ node: JSONNode) {
    guard let coordinates = node["coordinates"] else { return nil }
    switch node["type"]?.string {
    case "Point":
      guard let position = Self.position(coordinates) else { return nil }
      self = .point(position)
    case "Polygon":
      guard let polygon = Self.polygon(coordinates) else { return nil }
      self = .polygons([polygon])
    case "MultiPolygon":
      var polygons: [Polygon] = []
      for element in coordinates.elements {
        guard let polygon = Self.polygon(element) else { return nil }
        polygons.append(polygon)
      }
      self = .polygons(polygons)
    default: return nil
    }
  }

  private static func position(_ node: JSONNode) -> Position? {
    var elements = node.elements
    guard let longitude = elements.next()?.double, let latitude = elements.next()?.double,
      abs(latitude) <= 90
    else { return nil }
    return Position(longitude: longitude, latitude: latitude)
  }

  private static func polygon(_ node: JSONNode) -> Polygon? {
    var rings: [[Position]] = []
    for ring in node.elements {
      var positions: [Position] = []
      for element in ring.elements {
        guard let position = position(element) else { return nil }
        positions.append(position)
      }
      guard positions.count >= 4 else { return nil }
      rings.append(positions)
    }
    guard let outer = rings.first, let first = outer.first else { return nil }
    var polygon = Polygon(rings: rings, southWest: first, northEast: first)
    for position in outer {
      polygon.southWest.longitude = min(polygon.southWest.longitude, position.longitude)
      polygon.southWest.latitude = min(polygon.southWest.latitude, position.latitude)
      polygon.northEast.longitude = max(polygon.northEast.longitude, position.longitude)
      polygon.northEast.latitude = max(polygon.northEast.latitude, position.latitude)
    }
    return polygon
  }

  /// The distance along the ground in metres, when both are points.
  func distanceMeters(to other: Geometry) -> Double? {
    guard case .point(let a) = self, case .point(let b) = other else { return nil }
    return Self.distanceMeters(a, b)
  }

  /// Whether this point lies in the other's polygons; `nil` for other shapes.
  func isWithin(_ other: Geometry) -> Bool? {
    guard case .point(let point) = self, case .polygons(let polygons) = other else { return nil }
    return polygons.contains { $0.contains(point) }
  }

  /// Lambert's formula: the great circle over reduced latitudes, corrected to first order for the flattening
  /// of the ellipsoid (W. D. Lambert, "The distance between two widely separated points on the surface of the
  /// earth", J. Washington Academy of Sciences 32, 1942). Within some metres over thousands of kilometres.
  static func distanceMeters(_ a: Position, _ b: Position) -> Double {
    let equatorMeters = 6_378_137.0
    let flattening = 1 / 298.257_223_563
    let radians = Double.pi / 180
    let first = atan((1 - flattening) * tan(a.latitude * radians))
    let second = atan((1 - flattening) * tan(b.latitude * radians))
    let halfLatitude = (second - first) / 2
    let halfLongitude = (b.longitude - a.longitude) * radians / 2
    let h =
      sin(halfLatitude) * sin(halfLatitude)
      + cos(first) * cos(second) * sin(halfLongitude) * sin(halfLongitude)
    let angle = 2 * asin(min(1, h.squareRoot()))
    // At the two ends the correction divides by nothing; there the circle alone has to do.
    guard angle > 1e-12, angle < Double.pi - 1e-3 else { return equatorMeters * angle }
    let middle = (first + second) / 2
    let sineOfHalf = sin(angle / 2)
    let cosineOfHalf = cos(angle / 2)
    let sineMiddle = sin(middle)
    let cosineMiddle = cos(middle)
    let sineDifference = sin(halfLatitude)
    let cosineDifference = cos(halfLatitude)
    let x =
      (angle - sin(angle)) * (sineMiddle * sineMiddle * cosineDifference * cosineDifference)
      / (cosineOfHalf * cosineOfHalf)
    let y =
      (angle + sin(angle)) * (cosineMiddle * cosineMiddle * sineDifference * sineDifference)
      / (sineOfHalf * sineOfHalf)
    return equatorMeters * (angle - flattening / 2 * (x + y))
  }
}

extension Geometry.Polygon {
  /// Counts the edges that a ray to the east crosses; edges are straight in longitude and latitude
  /// (RFC 7946, section 3.1.1).
  func contains(_ point: Geometry.Position) -> Bool {
    guard point.longitude >= southWest.longitude, point.longitude <= northEast.longitude,
      point.latitude >= southWest.latitude, point.latitude <= northEast.latitude
    else { return false }
    var isInside = false
    for ring in rings {
      var previous = ring[ring.count - 1]
      for position in ring {
        if (position.latitude > point.latitude) != (previous.latitude > point.latitude) {
          let share = (point.latitude - position.latitude) / (previous.latitude - position.latitude)
          let crossing = position.longitude + share * (previous.longitude - position.longitude)
          if point.longitude < crossing { isInside.toggle() }
        }
        previous = position
      }
    }
    return isInside
  }
}
