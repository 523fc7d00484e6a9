#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A position in degrees on WGS 84.
public struct GeoPosition: Hashable, Sendable {
  /// Degrees east of Greenwich.
  public let longitude: Double
  /// Degrees north of the equator.
  public let latitude: Double

  /// Makes a position.
  public init(longitude: Double, latitude: Double) {
    self.longitude = longitude
    self.latitude = latitude
  }
}

/// Metres east and north of an origin, and back: transverse Mercator on the WGS 84 ellipsoid by Krüger's series to n³,
/// scale 1 on the origin's meridian. Better than a millimetre within 1,000 km.
///
/// L. Krüger, *Konforme Abbildung des Erdellipsoids in der Ebene*, Potsdam 1912; C. F. F. Karney, *Transverse Mercator
/// with an accuracy of a few nanometers*, J. Geodesy 85 (2011), eq. 7–36. The page computes the same
/// (`Page/city/project.js`).
public struct LocalProjection: Sendable {
  /// Where x and y are 0.
  public let origin: GeoPosition
  private let north: Double

  private static let flattening = 1 / 298.257223563
  private static let n = flattening / (2 - flattening)
  private static let radius = 6_378_137 / (1 + n) * (1 + n * n / 4 + n * n * n * n / 64)
  private static let eccentricity = (flattening * (2 - flattening)).squareRoot()
  private static let alpha = (
    n / 2 - 2 / 3 * n * n + 5 / 16 * n * n * n, 13 / 48 * n * n - 3 / 5 * n * n * n, 61 / 240 * n * n * n
  )
  private static let beta = (
    n / 2 - 2 / 3 * n * n + 37 / 96 * n * n * n, n * n / 48 + n * n * n / 15, 17 / 480 * n * n * n
  )
  private static let delta = (
    2 * n - 2 / 3 * n * n - 2 * n * n * n, 7 / 3 * n * n - 8 / 5 * n * n * n, 56 / 15 * n * n * n
  )

  /// A projection around an origin.
  public init(_ origin: GeoPosition) {
    self.origin = origin
    north = LocalProjection.forward(0, origin.latitude * .pi / 180).y
  }

  /// Metres east and north of the origin.
  @inline(__always)
  public func metres(longitude: Double, latitude: Double) -> (x: Double, y: Double) {
    let (x, y) = LocalProjection.forward(
      (longitude - origin.longitude) * .pi / 180, latitude * .pi / 180)
    return (x, y - north)
  }

  /// The position that is so many metres east and north of the origin.
  public func position(x: Double, y: Double) -> GeoPosition {
    let beta = LocalProjection.beta
    let delta = LocalProjection.delta
    let (xi0, eta0) = ((y + north) / LocalProjection.radius, x / LocalProjection.radius)
    let (s, c, sh, ch) = Harmonics.of(2 * xi0, 2 * eta0)
    let xi = xi0 - beta.0 * s.0 * ch.0 - beta.1 * s.1 * ch.1 - beta.2 * s.2 * ch.2
    let eta = eta0 - beta.0 * c.0 * sh.0 - beta.1 * c.1 * sh.1 - beta.2 * c.2 * sh.2
    let chi = asin(sin(xi) / cosh(eta))
    let phi = chi + delta.0 * sin(2 * chi) + delta.1 * sin(4 * chi) + delta.2 * sin(6 * chi)
    let lambda = atan2(sinh(eta), cos(xi))
    return GeoPosition(longitude: origin.longitude + lambda * 180 / .pi, latitude: phi * 180 / .pi)
  }

  private static func forward(_ lambda: Double, _ phi: Double) -> (x: Double, y: Double) {
    let sine = sin(phi)
    let t = sinh(atanh(sine) - eccentricity * atanh(eccentricity * sine))
    let cosine = cos(lambda)
    let xi = atan2(t, cosine)
    let eta = asinh(sin(lambda) / (t * t + cosine * cosine).squareRoot())
    let (s, c, sh, ch) = Harmonics.of(2 * xi, 2 * eta)
    let x = eta + alpha.0 * c.0 * sh.0 + alpha.1 * c.1 * sh.1 + alpha.2 * c.2 * sh.2
    let y = xi + alpha.0 * s.0 * ch.0 + alpha.1 * s.1 * ch.1 + alpha.2 * s.2 * ch.2
    return (radius * x, radius * y)
  }
}

/// Sines and cosines, circular and hyperbolic, of an angle and of twice and three times it, by the addition theorems.
private enum Harmonics {
  typealias Three = (Double, Double, Double)

  @inline(__always)
  static func of(_ a: Double, _ b: Double) -> (Three, Three, Three, Three) {
    let (s, c) = (sin(a), cos(a))
    let sh = sinh(b)
    let ch = (1 + sh * sh).squareRoot()
    let (s2, c2) = (2 * s * c, 1 - 2 * s * s)
    let (sh2, ch2) = (2 * sh * ch, 1 + 2 * sh * sh)
    return (
      (s, s2, s2 * c + c2 * s), (c, c2, c2 * c - s2 * s), (sh, sh2, sh2 * ch + ch2 * sh),
      (ch, ch2, ch2 * ch + sh2 * sh)
    )
  }
}
