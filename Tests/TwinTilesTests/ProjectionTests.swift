import Testing
import TwinStorm
import TwinTiles

@Suite("Projection")
struct ProjectionTests {
  /// From PROJ 9 (`+proj=tmerc +lat_0=37.5 +lon_0=127 +k=1 +ellps=WGS84`).
  @Test(
    "As PROJ has it, to a millimetre",
    arguments: [
      (127.05, 37.52, 4420.0929, 2220.9191), (126.5, 37.9, -43975.9364, 44514.1949), (127, 37.5, 0, 0),
      (129.0, 35.1, 182366.5923, -264484.4705), (135, 30, 773152.4839, -804789.3032),
      (120.2, 41.7, -566176.5816, 488719.7803),
    ])
  func reference(_ longitude: Double, _ latitude: Double, _ x: Double, _ y: Double) {
    let metres = LocalProjection(GeoPosition(longitude: 127, latitude: 37.5))
      .metres(longitude: longitude, latitude: latitude)
    #expect(abs(metres.x - x) < 0.001 && abs(metres.y - y) < 0.001)
  }

  @Test("There and back")
  func back() {
    var seed = Seed(1)
    for _ in 0..<1000 {
      let latitude = Double(seed.below(160_000)) / 1000 - 80
      let projection = LocalProjection(
        GeoPosition(longitude: Double(seed.below(360)) - 180, latitude: latitude))
      let place = GeoPosition(
        longitude: projection.origin.longitude + Double(seed.below(10_000)) / 1000 - 5,
        latitude: max(-85, min(85, latitude + Double(seed.below(10_000)) / 1000 - 5)))
      let metres = projection.metres(longitude: place.longitude, latitude: place.latitude)
      let back = projection.position(x: metres.x, y: metres.y)
      #expect(abs(back.longitude - place.longitude) < 1e-7 && abs(back.latitude - place.latitude) < 1e-7)
    }
  }
}
