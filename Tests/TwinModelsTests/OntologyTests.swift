import Testing
import TwinModels
import TwinValues

/// Loads public ontologies (Azure open digital twins ontologies and samples, MIT) as they are.
@Suite struct OntologyTests {
  @Test(arguments: [
    ("building", 768), ("smartcities", 63), ("energygrid", 113), ("distribution-grid", 21),
  ])
  func loadsWhole(folder: String, models: Int) throws {
    guard let root = SharedData.root, SharedData.isFolder("\(root)/models/\(folder)") else {
      return print("Ontology \(folder): skipped, no shared data beside the checkout.")
    }
    let documents = SharedData.jsonFiles(below: "\(root)/models/\(folder)").map(SharedData.read)
    let clock = ContinuousClock()
    var set = ModelSet.empty
    let time = try clock.measure { set = try ModelSet.empty.adding(documents) }
    print("Ontology \(folder): \(set.count) models of \(documents.count) files in \(time)")
    #expect(set.count == models)
    var placed: Set<DTMI> = []
    for id in set.ids {
      #expect(set.dependencies(of: id).allSatisfy(placed.contains))
      placed.insert(id)
    }
  }
}
