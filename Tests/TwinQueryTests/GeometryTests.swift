import Foundation
import Testing
import TwinValues

@testable import TwinQuery

@Suite("Places")
struct GeometryTests {
  @Test("Distances agree with Vincenty's inverse method within a ten-thousandth")
  func distances() throws {
    var random = Seeded(9)
    for _ in 0..<2000 {
      let scale = random.pick([0.001, 0.1, 5, 60])
      let a = Geometry.Position(
        longitude: Double.random(in: -180...180, using: &random),
        latitude: Double.random(in: -80...80, using: &random))
      let b = Geometry.Position(
        longitude: a.longitude + Double.random(in: -scale...scale, using: &random),
        latitude: max(-85, min(85, a.latitude + Double.random(in: -scale...scale, using: &random))))
      let wanted = try #require(vincentyMeters(a, b))
      let found = Geometry.distanceMeters(a, b)
      #expect(abs(found - wanted) <= 0.001 + wanted * 1e-4, "\(a) \(b): \(found) for \(wanted)")
      #expect(abs(found - Geometry.distanceMeters(b, a)) < 1e-6)
    }
  }

  @Test("Distances at the edges are numbers")
  func edges() {
    let pole = Geometry.Position(longitude: 0, latitude: 90)
    let other = Geometry.Position(longitude: 0, latitude: -90)
    let here = Geometry.Position(longitude: 127, latitude: 37.5)
    let antipode = Geometry.Position(longitude: -53, latitude: -37.5)
    #expect(Geometry.distanceMeters(here, here) == 0)
    #expect(abs(Geometry.distanceMeters(pole, other) - 20_004_000) < 60_000)
    #expect(abs(Geometry.distanceMeters(here, antipode) - 20_004_000) < 60_000)
    let east = Geometry.Position(longitude: 179.999, latitude: 0)
    let west = Geometry.Position(longitude: -179.999, latitude: 0)
    #expect(abs(Geometry.distanceMeters(east, west) - 222.6) < 0.5)
  }

  @Test("A point is in a polygon but not in its holes")
  func polygons() throws {
    let json = """
      {"type":"MultiPolygon","coordinates":[[[[0,0],[10,0],[10,10],[0,10],[0,0]],[[4,4],[6,4],[6,6],[4,6],[4,4]]],
      [[[20,0],[21,0],[20.5,1],[20,0]]]]}
      """
    let shape = try #require(Geometry(try JSONDocument(json).root))
    func within(_ x: Double, _ y: Double) -> Bool? {
      Geometry.point(.init(longitude: x, latitude: y)).isWithin(shape)
    }
    #expect(within(1, 1) == true)
    #expect(within(5, 5) == false)
    #expect(within(20.5, 0.5) == true)
    #expect(within(20.1, 0.9) == false)
    #expect(within(-1, 5) == false)
    #expect(shape.isWithin(shape) == nil)
  }

  @Test("A compact point is read like any JSON, or left to the parser")
  func compactPoints() throws {
    var random = Seeded(4)
    for _ in 0..<3000 {
      let longitude = Double.random(in: -180...180, using: &random)
      let latitude = Double.random(in: -90...90, using: &random)
      let digits = Int.random(in: 0...12, using: &random)
      let x = String(format: "%.\(digits)f", longitude)
      let y = random.chance(50) ? String(format: "%.\(digits)f", latitude) : latitude.description
      let bytes = Array("{\"type\":\"Point\",\"coordinates\":[\(x),\(y)]}".utf8)
      guard let found = bytes.withUnsafeBufferPointer({ Geometry.Position(compact: $0) }) else { continue }
      #expect(
        found == Geometry.Position(longitude: Double(x) ?? .nan, latitude: Double(y) ?? .nan), "\(x) \(y)")
    }
    for text in [
      "", "{}", "{\"type\":\"Point\",\"coordinates\":[", "{\"type\":\"Point\",\"coordinates\":[1",
      "{\"type\":\"Point\",\"coordinates\":[1,", "{\"type\":\"Point\",\"coordinates\":[1,91]}",
      "{\"type\":\"Point\",\"coordinates\":[-,1]}", "{\"type\":\"Point\",\"coordinates\":[1e2,1]}",
    ] {
      #expect(Array(text.utf8).withUnsafeBufferPointer { Geometry.Position(compact: $0) } == nil, "\(text)")
    }
  }

  @Test("What is no geometry is none")
  func refusals() throws {
    for json in [
      "{}", #"{"type":"Point"}"#, #"{"type":"Point","coordinates":[1]}"#,
      #"{"type":"Point","coordinates":["a",2]}"#,
      #"{"type":"Point","coordinates":[1,91]}"#, #"{"type":"Polygon","coordinates":[[[0,0],[1,1]]]}"#,
      "[1,2]",
    ] {
      #expect(Geometry(try JSONDocument(json).root) == nil, "\(json)")
    }
  }

  /// T. Vincenty, "Direct and inverse solutions of geodesics on the ellipsoid", Survey Review 23, 1975.
  private func vincentyMeters(_ p: Geometry.Position, _ q: Geometry.Position) -> Double? {
    let a = 6_378_137.0
    let f = 1 / 298.257223563
    let b = a * (1 - f)
    let u1 = atan((1 - f) * tan(p.latitude * .pi / 180))
    let u2 = atan((1 - f) * tan(q.latitude * .pi / 180))
    let l = (q.longitude - p.longitude) * .pi / 180
    var lambda = l
    for _ in 0..<200 {
      let s1 = cos(u2) * sin(lambda)
      let s2 = cos(u1) * sin(u2) - sin(u1) * cos(u2) * cos(lambda)
      let sinSigma = (s1 * s1 + s2 * s2).squareRoot()
      if sinSigma == 0 { return 0 }
      let cosSigma = sin(u1) * sin(u2) + cos(u1) * cos(u2) * cos(lambda)
      let sigma = atan2(sinSigma, cosSigma)
      let sinAlpha = cos(u1) * cos(u2) * sin(lambda) / sinSigma
      let cosAlpha2 = 1 - sinAlpha * sinAlpha
      let cosM = cosAlpha2 == 0 ? 0 : cosSigma - 2 * sin(u1) * sin(u2) / cosAlpha2
      let c = f / 16 * cosAlpha2 * (4 + f * (4 - 3 * cosAlpha2))
      let before = lambda
      lambda =
        l + (1 - c) * f * sinAlpha * (sigma + c * sinSigma * (cosM + c * cosSigma * (-1 + 2 * cosM * cosM)))
      guard abs(lambda - before) < 1e-13 else { continue }
      let u = cosAlpha2 * (a * a - b * b) / (b * b)
      let big = 1 + u / 16384 * (4096 + u * (-768 + u * (320 - 175 * u)))
      let small = u / 1024 * (256 + u * (-128 + u * (74 - 47 * u)))
      let inner = cosM * (-3 + 4 * sinSigma * sinSigma) * (-3 + 4 * cosM * cosM)
      let correction =
        small * sinSigma * (cosM + small / 4 * (cosSigma * (-1 + 2 * cosM * cosM) - small / 6 * inner))
      return b * big * (sigma - correction)
    }
    return nil
  }
}
