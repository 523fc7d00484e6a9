import Foundation

/// A small seeded generator (SplitMix64), so that any failure can be run again.
struct Seeded: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  mutating func pick<T>(_ choices: [T]) -> T { choices[Int.random(in: 0..<choices.count, using: &self)] }
  mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
}

/// Writes random queries that follow the grammar.
struct RandomQuery {
  var random: Seeded
  private var names = ["T"]

  init(seed: UInt64) { random = Seeded(seed) }

  mutating func text() -> String {
    let isGrouped = random.chance(20)
    let from = source(isGrouped: isGrouped)
    var text = random.chance(10) ? "EXPLAIN SELECT " : "SELECT "
    if random.chance(20) { text += "TOP(\(Int.random(in: 0...50, using: &random))) " }
    let group = isGrouped ? path() : ""
    if isGrouped {
      text += "\(group) AS g, COUNT() AS n, \(random.pick(["SUM", "AVG", "MIN", "MAX", "COUNT"]))(\(path()))"
    } else if random.chance(50) {
      text += "*"
    } else {
      text += (0...Int.random(in: 0...3, using: &random)).map { _ in
        (random.chance(30) ? sum(2) : random.chance(30) ? names[0] : path())
          + (random.chance(40) ? " AS " + name() : "")
      }.joined(separator: ", ")
    }
    text += " FROM " + from
    if random.chance(80) { text += " WHERE " + condition(4) }
    if isGrouped { text += " GROUP BY " + group }
    if random.chance(30) { text += " ORDER BY " + (isGrouped ? "n DESC, g" : path() + " DESC, " + sum(2)) }
    if random.chance(20) { text += " OFFSET 3" }
    if random.chance(20) { text += " LIMIT 10" }
    return text
  }

  private mutating func source(isGrouped: Bool) -> String {
    let world =
      random.pick(["", "", " IN WORLD 'w\\'x'", " AS OF 17"]) + random.pick(["", "", " AS OF '2020-01-01'"])
    let isTwice = world.components("AS OF") > 1
    let modifiers = isTwice ? "" : world
    switch Int.random(in: 0..<5, using: &random) {
    case 0:
      names = ["R"]
      return "RELATIONSHIPS R" + modifiers
    case 1:
      names = ["a", "b", "r"]
      let hops = random.pick(["*2", "*..4", "*1..3", ":x*3", ""])
      return "DIGITALTWINS MATCH (a)-[r:\(name())|y]->(b)<-[\(hops)]-()" + modifiers
    case 2:
      names = ["T", "[[my twin]]", "limit", "R"]
      return
        "DIGITALTWINS T\(modifiers) JOIN [[my twin]] RELATED T.has JOIN limit RELATED [[my twin]].[[a b]] R"
    default:
      names = ["T"]
      return "DIGITALTWINS T" + modifiers
    }
  }

  private mutating func name() -> String {
    random.pick([
      "x", "기온", "$dtId", "[[Group]]", "[[a b]]", "limit", "of", "_u", "nin", "match", "[[1]]", "exact",
    ])
  }

  private mutating func path() -> String {
    random.pick(names) + "." + name() + (random.chance(30) ? "." + name() : "")
  }

  private mutating func literal() -> String {
    random.pick([
      "1", "-5", "2.50", "1e-3", "9223372036854775808", "-9223372036854775808", "'a'", "'it\\'s'", "\"q\"",
      "'\\u00e9\\n'", "true", "FALSE", "null", "'한글'",
    ])
  }

  private mutating func condition(_ depth: Int) -> String {
    guard depth > 0 else { return comparison(0) }
    switch Int.random(in: 0..<6, using: &random) {
    case 0: return condition(depth - 1) + " AND " + condition(depth - 1)
    case 1: return condition(depth - 1) + " or " + condition(depth - 1)
    case 2: return "NOT " + condition(depth - 1)
    case 3: return "(" + condition(depth - 1) + ")"
    default: return comparison(depth)
    }
  }

  private mutating func comparison(_ depth: Int) -> String {
    switch Int.random(in: 0..<6, using: &random) {
    case 0: return path() + random.pick([" IN ", " NIN "]) + "[\(literal()), \(literal())]"
    case 1: return random.pick(["IS_DEFINED", "IS_NUMBER", "IS_NULL"]) + "(\(path()))"
    case 2: return random.pick(["STARTSWITH", "CONTAINS"]) + "(\(path()), 'x')"
    case 3: return "ST_DISTANCE(\(path()), POINT(\(sum(1)), -1)) < 5"
    default:
      return sum(depth) + " " + random.pick(["=", "!=", "<", ">", "<=", ">="]) + " "
        + (random.chance(50) ? literal() : sum(depth))
    }
  }

  private mutating func sum(_ depth: Int) -> String {
    guard depth > 0 else { return path() }
    switch Int.random(in: 0..<5, using: &random) {
    case 0: return sum(depth - 1) + random.pick([" + ", " - ", " * ", " / "]) + sum(depth - 1)
    case 1: return "(" + sum(depth - 1) + ")"
    case 2: return "-" + sum(depth - 1)
    default: return path()
    }
  }
}

extension String {
  fileprivate func components(_ word: String) -> Int {
    var count = 0
    var rest = self[...]
    while let found = rest.range(of: word) {
      count += 1
      rest = rest[found.upperBound...]
    }
    return count
  }
}
