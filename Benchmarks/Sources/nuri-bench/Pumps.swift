import TwinEngine
import TwinGraph
import TwinValues

/// The world that every row measures: pumps with eight properties and three relationships each.
enum Pumps {
  static let model = "dtmi:bench:Pump;1"

  static let document = """
    {"@context": "dtmi:dtdl:context;3", "@id": "\(model)", "@type": "Interface", "displayName": "Pump",
     "contents": [
      {"@type": "Property", "name": "temperature", "schema": "double"},
      {"@type": "Property", "name": "pressure", "schema": "double"},
      {"@type": "Property", "name": "flow", "schema": "double"},
      {"@type": "Property", "name": "speed", "schema": "float"},
      {"@type": "Property", "name": "hours", "schema": "integer"},
      {"@type": "Property", "name": "stage", "schema": "integer"},
      {"@type": "Property", "name": "running", "schema": "boolean"},
      {"@type": "Property", "name": "serial", "schema": "string"},
      {"@type": "Relationship", "name": "feeds", "target": "\(model)"}]}
    """

  static let cause = Cause(actor: "bench", reason: "benchmark")
  static let relationshipsPerTwin = 3
  static let batchSize = 1000

  static func id(_ index: Int) -> String { "pump-\(1_000_000 + index)" }
  static func temperature(_ index: Int) -> Double { Double(index * 7919 % 10_000) / 100 }
  static func flow(_ index: Int) -> Double { Double(index % 4001) / 16 }

  static func properties(_ index: Int) -> [PropertyEdit] {
    [
      PropertyEdit("temperature", .double(temperature(index))),
      PropertyEdit("pressure", .double(1 + Double(index % 89) / 8)),
      PropertyEdit("flow", .double(flow(index))),
      PropertyEdit("speed", .double(Double(index % 3000))),
      PropertyEdit("hours", .integer(Int64(index % 50_000))),
      PropertyEdit("stage", .integer(Int64(index % 7))),
      PropertyEdit("running", .bool(index % 3 != 0)),
      PropertyEdit("serial", .string("SN-\(4_000_000 + index)")),
    ]
  }

  static func twin(_ index: Int) -> Change {
    .putTwin(id: id(index), model: model, properties: properties(index))
  }

  /// Relationship `which` (0 to 2) of a twin: to a twin picked at random, the same one every time.
  static func target(_ index: Int, _ which: Int, of twins: Int) -> Int {
    var random = Random(UInt64(index * 4 + which))
    _ = random.next(below: twins)
    return random.next(below: twins)
  }

  static func relationship(_ index: Int, _ which: Int, of twins: Int) -> Change {
    .putRelationship(
      source: id(index), id: "feeds-\(which)", name: "feeds", target: id(target(index, which, of: twins)),
      properties: [])
  }

  static func update(_ index: Int, _ value: Double) -> Change {
    .patchTwin(id: id(index), edits: [PropertyEdit("temperature", .double(value))])
  }

  /// Batches of updates of random twins, made before anything is timed.
  static func updates(
    _ batches: Int, twins: Int, seed: UInt64, size: Int = batchSize
  ) -> [Batch] {
    var random = Random(seed)
    return (0..<batches).map { number in
      Batch(
        cause: cause,
        operations: (0..<size).map { _ in
          Operation(update(random.next(below: twins), Double(random.next(below: 10_000)) / 100))
        })
    }
  }
}

extension World {
  /// Writes changes in batches of 1,000, as an importer would.
  func writeAll(_ count: Int, _ change: (Int) -> Change) throws {
    var batch = Batch(cause: Pumps.cause)
    for index in 0..<count {
      batch.operations.append(Operation(change(index)))
      if batch.operations.count == Pumps.batchSize || index == count - 1 {
        try write(batch)
        batch.operations.removeAll(keepingCapacity: true)
      }
    }
  }

  /// Fills an empty world: the model, the twins, the relationships.
  func fill(_ twins: Int) throws {
    try write(Batch(cause: Pumps.cause, operations: [Operation(.addModels([Array(Pumps.document.utf8)]))]))
    try writeAll(twins) { Pumps.twin($0) }
    let each = Pumps.relationshipsPerTwin
    try writeAll(twins * each) { Pumps.relationship($0 / each, $0 % each, of: twins) }
  }
}
