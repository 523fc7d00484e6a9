import ProofServers
import Testing
import TwinEngine
import TwinGraph
import TwinValues

@testable import TwinExchange

/// The sample world and what its README promises of the mapping examples.
@Suite struct SampleTests {
  @Test func theSampleAndItsMappingExamples() throws {
    let sample = "\(repository)/Samples/yeoksam"
    let folder = try TemporaryFolder()
    let engine = try folder.engine()
    let live = try engine.live
    let report = try Importer(into: live).run("\(sample)/world.ndjson.zst")
    #expect((report.models, report.twins, report.relationships) == (19, 30_376, 66_283))

    func map(_ data: String, _ map: String, _ format: MappedImporter.Format) throws -> MappedReport {
      let mapping = try Mapping(try PosixFiles.read("\(sample)/mapping-examples/\(map)"))
      return try MappedImporter(into: live, mapping).run("\(sample)/mapping-examples/\(data)", format)
    }
    let taxis = try map("taxi-stands.geojson", "taxi-stands.map.json", .geoJSON)
    #expect((taxis.rows, taxis.created, taxis.changed, taxis.unchanged) == (38, 23, 0, 15))
    #expect(taxis.relationships == 23)
    #expect(taxis.problems.contains { $0.contains("2002년") })
    let bikes = try map("bike-stations.csv", "bike-stations.map.json", .csv(delimiter: 0x2c))
    #expect((bikes.rows, bikes.created, bikes.relationships, bikes.problemCount) == (283, 283, 283, 0))
    let before = try live.snapshot().sequence
    #expect(try map("taxi-stands.geojson", "taxi-stands.map.json", .geoJSON).unchanged == 38)
    #expect(try map("bike-stations.csv", "bike-stations.map.json", .csv(delimiter: 0x2c)).unchanged == 283)
    #expect(try live.snapshot().sequence == before)
    try engine.close()
  }
}
