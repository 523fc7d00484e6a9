extension Parser {
  /// `(a)-[r:x|y]->(b)<-[*..3]-(c)`
  mutating func pattern() throws(QueryFault) -> Query.Pattern {
    var pattern = Query.Pattern(nodes: [try node()], steps: [])
    while isSign("-") || isSign("<") {
      guard pattern.steps.count < QueryLimits.patternSteps else {
        throw QueryFault(
          "A MATCH chains at most \(QueryLimits.patternSteps) relationships", at: token.start)
      }
      pattern.steps.append(try step())
      pattern.nodes.append(try node())
    }
    return pattern
  }

  /// The collection of `(a)`; the same name twice is the same twin.
  private mutating func node() throws(QueryFault) -> Int {
    try need(sign: "(")
    if eat(sign: ")") {
      collections.append(Query.Collection(kind: .twin))
      return collections.count - 1
    }
    let start = token.start
    let name = try name("a name for the twin, or \")\"")
    try need(sign: ")")
    if let known = collections.firstIndex(where: { $0.name == name }) {
      guard collections[known].kind == .twin else {
        throw QueryFault("The name \(name) is taken already", at: start)
      }
      return known
    }
    collections.append(Query.Collection(kind: .twin, name: name))
    return collections.count - 1
  }

  private mutating func step() throws(QueryFault) -> Query.Step {
    let start = token.start
    let pointsLeft = eat(sign: "<")
    try need(sign: "-")
    try need(sign: "[")
    var step = try relationship()
    try need(sign: "]")
    try need(sign: "-")
    let pointsRight = eat(sign: ">")
    guard !(pointsLeft && pointsRight) else {
      throw QueryFault(
        "A relationship points one way", at: start,
        advice: "For either way, write -[ ]- without an angle bracket.")
    }
    step.direction = pointsLeft ? .left : pointsRight ? .right : .any
    return step
  }

  /// What stands between the square brackets: `r`, `:x|y`, `r:x|y`, `*2`, `:x*1..3`.
  private mutating func relationship() throws(QueryFault) -> Query.Step {
    var variable: (name: String, start: Int)?
    var names: [String] = []
    if !isSign(":"), !isSign("*"), !isSign("]") {
      let start = token.start
      variable = (try part("a name, \":\", \"*\" or \"]\""), start)
      // Azure's samples leave out the colon where a bar makes plain that names are meant.
      if let first = variable, isSign("|") {
        names = [first.name]
        variable = nil
        try moreNames(&names)
      }
    }
    if eat(sign: ":") {
      names = [try part("the name of a relationship")]
      try moreNames(&names)
    }
    let hops = isSign("*") ? try hops() : .one
    var step = Query.Step(direction: .any, names: names, relationship: nil, hops: hops)
    if let variable {
      guard hops == .one else {
        throw QueryFault(
          "A relationship of several hops can't have the name \(variable.name)", at: variable.start,
          advice: "To follow relationships called \(variable.name), write [:\(variable.name)*…].")
      }
      try declare(Query.Collection(kind: .relationship, name: variable.name), at: variable.start)
      step.relationship = collections.count - 1
    } else if hops == .one {
      collections.append(Query.Collection(kind: .relationship))
      step.relationship = collections.count - 1
    }
    return step
  }

  private mutating func moreNames(_ names: inout [String]) throws(QueryFault) {
    while eat(sign: "|") {
      guard names.count < QueryLimits.columns else {
        throw QueryFault("At most \(QueryLimits.columns) relationship names", at: token.start)
      }
      names.append(try part("the name of a relationship"))
    }
  }

  /// `*3`, `*1..3` (more than 1 and at most 3, as Azure Digital Twins counts), `*..3`.
  private mutating func hops() throws(QueryFault) -> Query.Hops {
    advance()
    let start = token.start
    var first: Int?
    if !isSign("..") { first = try count("a number of hops, or \"..\"") }
    guard eat(sign: "..") else {
      let exact = first ?? 0
      try checkHops(exact, at: start)
      return .exact(exact)
    }
    let end = token.start
    let last = try count("the highest number of hops")
    try checkHops(last, at: end)
    if let first, first >= last {
      throw QueryFault(
        "No number of hops is more than \(first) and at most \(last)", at: start,
        advice: "The lower limit itself is left out: *1..3 means 2 or 3 hops.")
    }
    return .range(above: first, upTo: last)
  }

  private func checkHops(_ hops: Int, at offset: Int) throws(QueryFault) {
    guard hops >= 1, hops <= QueryLimits.hops else {
      throw QueryFault("A MATCH follows 1 to \(QueryLimits.hops) hops", at: offset)
    }
  }
}
