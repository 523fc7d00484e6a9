import Glibc
import TwinEngine
import TwinGraph
import TwinQuery
import TwinValues

/// Queries over the live world. `peers/databases.py` asks the peers the same over the same data.
struct Queries {
  static let scan = "SELECT COUNT() FROM DIGITALTWINS T WHERE T.temperature > 90"
  static let filtered =
    "SELECT T.$dtId FROM DIGITALTWINS T WHERE T.temperature > 90 AND T.running = true AND T.flow < 1"

  static func hops(_ id: String) -> String {
    """
    SELECT D.$dtId FROM DIGITALTWINS A JOIN B RELATED A.feeds JOIN C RELATED B.feeds
    JOIN D RELATED C.feeds WHERE A.$dtId = '\(id)'
    """
  }

  static func match(_ id: String) -> String {
    "SELECT B.$dtId FROM DIGITALTWINS MATCH (A)-[:feeds*..5]->(B) WHERE A.$dtId = '\(id)'"
  }

  /// Twenty twins of a million.
  static func number(_ value: Int) -> String {
    "SELECT * FROM DIGITALTWINS T WHERE IS_OF_MODEL(T, '\(Pumps.model)') AND T.hours = \(value)"
  }

  /// One twin.
  static func text(_ value: Int) -> String {
    """
    SELECT * FROM DIGITALTWINS T WHERE IS_OF_MODEL(T, '\(Pumps.model)') AND T.serial = 'SN-\(4_000_000 + value)'
    """
  }

  let options: Options

  init(_ options: Options) { self.options = options }

  func measure() throws {
    let engine = try Engine.open(options.base)
    let graph = try engine.world().snapshot().graph
    try repeated("count of twins where T.x > c", 1, "ms", 1e3) { _ in Queries.scan }
    try repeated("list where three conditions hold", 1, "ms", 1e3) { _ in Queries.filtered }
    try repeated("3-hop JOIN from one twin", 1000, "µs", 1e6) { Queries.hops($0) }
    try repeated("MATCH 1 to 5 hops from one twin", 1000, "µs", 1e6) { Queries.match($0) }

    try lookups(engine)

    func repeated(
      _ name: String, _ times: Int, _ unit: String, _ factor: Double, _ text: (String) -> String
    ) throws {
      var rows = 0
      for run in 0...options.runs * 3 {
        var random = Random(UInt64(run + 1))
        let queries = (0..<times).map { _ in text(Pumps.id(random.next(below: options.twins))) }
        rows = 0
        let time = try timed {
          for query in queries { rows += try Query.parse(query).execute(on: graph, pageSize: 10_000).count }
        }
        // The first round warms the caches.
        if run > 0 { emit("queries", name, "Nuri", time / Double(times) * factor, unit) }
      }
      note("\(name): \(Double(rows) / Double(times)) rows an answer")
    }
  }

  /// Twins by model and property, by way of the engine: a fresh state each time, so never stale.
  private func lookups(_ engine: Engine) throws {
    let hours = min(50_000, options.twins)
    for (name, count, text) in [
      ("20 twins by model and number", hours, Queries.number),
      ("1 twin by model and text", options.twins, Queries.text),
    ] {
      let scan = try timed { _ = try engine.query(text(1)) }
      emit("queries", "\(name), the first time", "Nuri", scan * 1e3, "ms")
      // Filters are filled in the background.
      while try !filtered(engine, text(2)) { usleep(1000) }
      for run in 0...options.runs {
        var random = Random(UInt64(run + 1))
        let queries = (0..<5000).map { _ in text(random.next(below: count)) }
        var rows = 0
        let time = try timed { for query in queries { rows += try engine.query(query).count } }
        if run > 0 { emit("queries", name, "Nuri", Double(queries.count) / time, "/s") }
        if run == 0 { note("\(name): \(Double(rows) / Double(queries.count)) rows an answer") }
      }
    }
    note(String(decoding: try engine.query("EXPLAIN " + Queries.number(7)).json, as: UTF8.self))
  }

  private func filtered(_ engine: Engine, _ query: String) throws -> Bool {
    let plan = try Query.parse(query).explain(on: engine.world().snapshot().graph)
    return plan.description.contains(" pages")
  }
}
