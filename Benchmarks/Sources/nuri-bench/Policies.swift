import TwinEngine
import TwinGraph
import TwinValues

/// What 100 policies cost a query: the same questions by the owner, whom none binds, and by a reader whom all bind, in
/// processor time, turn and turn about.
struct Policies {
  let options: Options

  init(_ options: Options) { self.options = options }

  func measure() async throws {
    let engine = try Engine.open(options.copy)
    let owner = Session(engine, as: .owner())
    for number in 0..<100 { try owner.putPolicy(Array(policy(number).utf8)) }
    let reader = Session(engine, as: Principal("user:reader", roles: [.reader], groups: ["contractors"]))
    let subjects = [("no policy", owner), ("Nuri", reader)]

    let first = processorSeconds()
    _ = try await reader.query("SELECT COUNT() FROM DIGITALTWINS")
    let spent = processorSeconds() - first
    emit("policies", "the first question after 100 policies came", "Nuri", spent * 1e3, "ms")

    let cases: [(name: String, times: Int, text: (Int) -> String)] = [
      ("count of twins where T.x > c", 20, { _ in Queries.scan }),
      ("list where three conditions hold", 20, { _ in Queries.filtered }),
      ("20 twins by model and number", 2000, { Queries.number($0 % min(50_000, options.twins)) }),
      ("3-hop JOIN from one twin", 2000, { Queries.hops(Pumps.id($0)) }),
      ("MATCH 1 to 5 hops from one twin", 500, { Queries.match(Pumps.id($0)) }),
    ]
    for (name, times, text) in cases {
      for writes in [false, true] {
        let title = name + (writes ? ", each after a write" : "") + ", 100 policies"
        for run in 0...options.runs {
          for (subject, session) in subjects {
            var random = Random(UInt64(run + 1))
            var total = 0.0
            for _ in 0..<(writes ? min(times, 200) : times) {
              let twin = random.next(below: options.twins)
              if writes {
                try await engine.world().write(
                  Batch(cause: Pumps.cause, operations: [Operation(Pumps.update(twin, 1))]))
              }
              let start = processorSeconds()
              _ = try await session.query(text(twin))
              total += processorSeconds() - start
            }
            let each = total / Double(writes ? min(times, 200) : times)
            if run > 0 { emit("policies", title, subject, each * 1e6, "µs") }
          }
        }
      }
    }
    try engine.close()
  }

  /// Sixty rules by id, thirty by path, ten by neighbourhood.
  private func policy(_ number: Int) -> String {
    let what =
      switch number % 10 {
      case 0..<6: #""twins": ["pump-1\#(100 + number)*7"]"#
      case 6..<9: #""paths": ["speed"], "twins": ["pump-1\#(100 + number)*"]"#
      default: #""within": {"twin": "\#(Pumps.id(number * 17))", "relationships": ["feeds"], "hops": 3}"#
      }
    return """
      {"id": "p\(number)", "order": \(number), "effect": "deny", "principals": {"groups": ["contractors"]}, \(what)}
      """
  }
}
