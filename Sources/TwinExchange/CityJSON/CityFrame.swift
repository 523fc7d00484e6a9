import TwinValues

/// The coordinate system of a CityJSON file, as far as Nuri reads it: metres in the Dutch grid, or degrees.
enum CityFrame: Equatable {
  /// RD New, EPSG:28992, and with heights EPSG:7415.
  case dutchGrid
  /// WGS 84 longitude and latitude: CRS84, EPSG:4326, EPSG:4979.
  case degrees

  /// The system that a file names: `https://www.opengis.net/def/crs/EPSG/0/7415`, `urn:ogc:def:crs:EPSG::28992`,
  /// `EPSG:4326`, `…CRS84`.
  /// - Throws: `NuriError` with code `invalidImport` for others.
  init(name: String?) throws(NuriError) {
    guard let name, !name.isEmpty else {
      throw NuriError(
        .invalidImport, "The file does not say what its coordinates are.", at: "metadata.referenceSystem",
        advice: "For the Dutch grid with heights: \"https://www.opengis.net/def/crs/EPSG/0/7415\".")
    }
    let last = name.split { $0 == "/" || $0 == ":" }.last ?? ""
    switch last {
    case "28992", "7415": self = .dutchGrid
    case "4326", "4979", "CRS84", "CRS84h": self = .degrees
    default:
      throw NuriError(
        .invalidImport, "The coordinates are in \(name.prefix(200)), which Nuri does not read.",
        at: "metadata.referenceSystem",
        advice:
          "Convert the file to EPSG:7415, EPSG:28992 (both the Dutch grid) or EPSG:4979, with cjio for instance: cjio in.city.json crs_reproject 4979 save out.city.json."
      )
    }
  }

  /// Degrees east and north of a point; `nil` when it can't lie in this system.
  func degrees(x: Double, y: Double) -> (longitude: Double, latitude: Double)? {
    switch self {
    case .degrees: abs(x) <= 180 && abs(y) <= 90 ? (x, y) : nil
    case .dutchGrid: DutchGrid.degrees(x: x, y: y)
    }
  }

  /// Metres of one unit in x and in y near a latitude.
  func scale(y: Double) -> (x: Double, y: Double) {
    guard self == .degrees else { return (1, 1) }
    // A parabola that meets the cosine at the equator and the poles: it is for telling big from small only.
    return (111_320 * max(0.01, 1 - (y / 90) * (y / 90)), 111_132)
  }
}

/// The Dutch national grid (RD New) to WGS 84, by the series of F. H. Schreutelkamp and G. L. Strang van Hees,
/// *Benaderingsformules voor de transformatie tussen RD- en WGS84-kaartcoördinaten*, Geodesia 43 (2001): within half a
/// metre.
enum DutchGrid {
  private static let centre = (x: 155_000.0, y: 463_000.0, latitude: 52.15517440, longitude: 5.38720621)
  private static let latitudes: [(p: Int, q: Int, seconds: Double)] = [
    (0, 1, 3235.65389), (2, 0, -32.58297), (0, 2, -0.24750), (2, 1, -0.84978), (0, 3, -0.06550),
    (2, 2, -0.01709), (1, 0, -0.00738), (4, 0, 0.00530), (2, 3, -0.00039), (4, 1, 0.00033), (1, 1, -0.00012),
  ]
  private static let longitudes: [(p: Int, q: Int, seconds: Double)] = [
    (1, 0, 5260.52916), (1, 1, 105.94684), (1, 2, 2.45656), (3, 0, -0.81885), (1, 3, 0.05594),
    (3, 1, -0.05607), (0, 1, 0.01199), (3, 2, -0.00256), (1, 4, 0.00128), (0, 2, 0.00022), (2, 0, -0.00022),
    (5, 0, 0.00026),
  ]

  /// Degrees of a point of the grid; `nil` for one outside the Netherlands and their sea.
  static func degrees(x: Double, y: Double) -> (longitude: Double, latitude: Double)? {
    guard (-50_000.0...350_000).contains(x), (250_000.0...700_000).contains(y) else { return nil }
    let (dx, dy) = ((x - centre.x) * 1e-5, (y - centre.y) * 1e-5)
    func sum(_ terms: [(p: Int, q: Int, seconds: Double)]) -> Double {
      terms.reduce(0) { $0 + $1.seconds * power(dx, $1.p) * power(dy, $1.q) } / 3600
    }
    return (centre.longitude + sum(longitudes), centre.latitude + sum(latitudes))
  }

  private static func power(_ base: Double, _ exponent: Int) -> Double {
    (0..<exponent).reduce(1) { product, _ in product * base }
  }
}
