#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// East, north and up at a place on the WGS 84 ellipsoid, in the earth-centred system of 3D Tiles (EPSG:4978).
/// Formulas: J. P. Snyder, *Map Projections*, USGS Professional Paper 1395 (1987), and EPSG guidance note 7-2, method 9602.
struct EarthFrame {
  typealias Vector = (x: Double, y: Double, z: Double)

  private let origin: Vector
  private let east: Vector
  private let north: Vector
  private let up: Vector

  init(_ place: GeoPosition) {
    origin = EarthFrame.centred(place, height: 0)
    let (longitude, latitude) = (place.longitude * .pi / 180, place.latitude * .pi / 180)
    east = (-sin(longitude), cos(longitude), 0)
    north = (-sin(latitude) * cos(longitude), -sin(latitude) * sin(longitude), cos(latitude))
    up = (cos(latitude) * cos(longitude), cos(latitude) * sin(longitude), sin(latitude))
  }

  /// A place in the earth-centred system, in metres.
  static func centred(_ place: GeoPosition, height: Double) -> Vector {
    let (longitude, latitude) = (place.longitude * .pi / 180, place.latitude * .pi / 180)
    let flattening = 1 / 298.257223563
    let eccentricity = flattening * (2 - flattening)
    let across = 6_378_137 / (1 - eccentricity * sin(latitude) * sin(latitude)).squareRoot()
    return (
      (across + height) * cos(latitude) * cos(longitude), (across + height) * cos(latitude) * sin(longitude),
      (across * (1 - eccentricity) + height) * sin(latitude)
    )
  }

  /// Metres east, north and up of a place.
  func local(_ place: GeoPosition, height: Double) -> Vector {
    let point = EarthFrame.centred(place, height: height)
    let from = (x: point.x - origin.x, y: point.y - origin.y, z: point.z - origin.z)
    func along(_ axis: Vector) -> Double { axis.x * from.x + axis.y * from.y + axis.z * from.z }
    return (along(east), along(north), along(up))
  }

  /// The frame as a tile's transform, column by column.
  var transform: [Double] {
    [
      east.x, east.y, east.z, 0, north.x, north.y, north.z, 0, up.x, up.y, up.z, 0, origin.x, origin.y,
      origin.z, 1,
    ]
  }
}

/// The bounding volume of a tile: degrees and metres.
struct EarthRegion {
  var west = Double.infinity
  var south = Double.infinity
  var east = -Double.infinity
  var north = -Double.infinity
  var low = Double.infinity
  var high = -Double.infinity

  mutating func add(_ place: GeoPosition, height: Double) {
    (west, east) = (min(west, place.longitude), max(east, place.longitude))
    (south, north) = (min(south, place.latitude), max(north, place.latitude))
    (low, high) = (min(low, height), max(high, height))
  }

  mutating func add(_ other: EarthRegion) {
    (west, east) = (min(west, other.west), max(east, other.east))
    (south, north) = (min(south, other.south), max(north, other.north))
    (low, high) = (min(low, other.low), max(high, other.high))
  }

  /// As 3D Tiles writes it: radians, metres.
  var numbers: [Double] { [west, south, east, north].map { $0 * .pi / 180 } + [low, high] }
}
