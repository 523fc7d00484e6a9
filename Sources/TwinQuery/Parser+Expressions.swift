import TwinValues

extension Parser {
  /// `a OR b OR …`
  mutating func condition() throws(QueryFault) -> Expression {
    try nested { (p) throws(QueryFault) in
      let first = try p.conjunction()
      guard p.token.keyword == "OR" else { return first }
      var parts = [first]
      while p.eat("OR") { parts.append(try p.conjunction()) }
      return .any(parts)
    }
  }

  private mutating func conjunction() throws(QueryFault) -> Expression {
    let first = try negation()
    guard token.keyword == "AND" else { return first }
    var parts = [first]
    while eat("AND") { parts.append(try negation()) }
    return .all(parts)
  }

  private mutating func negation() throws(QueryFault) -> Expression {
    guard eat("NOT") else { return try comparison() }
    return .not(try nested { (p) throws(QueryFault) in try p.negation() })
  }

  private mutating func comparison() throws(QueryFault) -> Expression {
    let left = try sum()
    if case .sign(let sign) = token.kind, let comparison = Comparison(rawValue: sign) {
      advance()
      let right = try sum()
      if case .sign(let next) = token.kind, Comparison(rawValue: next) != nil {
        throw QueryFault(
          "Comparisons can't be chained", at: token.start, advice: "Join them with AND: a < b AND b < c.")
      }
      return .compare(comparison, left, right)
    }
    switch token.keyword {
    case "IN":
      advance()
      return .member(left, try values(), isNegated: false)
    case "NIN", "NOT_IN":
      advance()
      return .member(left, try values(), isNegated: true)
    case "NOT" where ahead(1).keyword == "IN":
      throw QueryFault("Expected a comparison operator, found \"NOT\"; did you mean NIN?", at: token.start)
    default:
      if case .path = left { endOfBarePath = at }
      return left
    }
  }

  /// `['a', 'b']`
  private mutating func values() throws(QueryFault) -> [Expression] {
    if isSign("(") {
      throw QueryFault(
        "Expected \"[\", found \"(\"", at: token.start,
        advice: "Lists stand in square brackets: IN ['a', 'b'].")
    }
    try need(sign: "[")
    let values = try list(of: "values in a list", atMost: QueryLimits.listValues) {
      (p) throws(QueryFault) in try p.listValue()
    }
    guard eat(sign: "]") else { throw expected("a comma or \"]\"") }
    return values
  }

  private mutating func listValue() throws(QueryFault) -> Expression {
    let start = spot
    let isNegative = eat(sign: "-")
    guard let literal = try literal() else { throw expected("a text, a number, true, false or null") }
    return isNegative ? try negated(literal, start) : literal
  }

  private mutating func sum() throws(QueryFault) -> Expression {
    var left = try product()
    while isSign("+") || isSign("-") {
      let operation: Arithmetic = isSign("+") ? .add : .subtract
      try countArithmetic()
      left = .arithmetic(operation, left, try product())
    }
    return left
  }

  private mutating func product() throws(QueryFault) -> Expression {
    var left = try factor()
    while isSign("*") || isSign("/") {
      let operation: Arithmetic = isSign("*") ? .multiply : .divide
      try countArithmetic()
      left = .arithmetic(operation, left, try factor())
    }
    return left
  }

  /// Steps over an operator. Chains make deep trees, so their number is bounded.
  private mutating func countArithmetic() throws(QueryFault) {
    arithmeticCount += 1
    guard arithmeticCount <= QueryLimits.arithmetic else {
      throw QueryFault(
        "A query has at most \(QueryLimits.arithmetic) arithmetic operators", at: token.start)
    }
    advance()
  }

  private mutating func factor() throws(QueryFault) -> Expression {
    let start = spot
    guard eat(sign: "-") else { return try primary() }
    let inner = try nested { (p) throws(QueryFault) in try p.factor() }
    return try negated(inner, start)
  }

  private func negated(_ inner: Expression, _ start: Spot) throws(QueryFault) -> Expression {
    guard case .literal(let value, _) = inner else {
      if case .null = inner { throw QueryFault("null has no negative", at: start.offset) }
      return .negate(inner)
    }
    switch value {
    case .integer(let number) where number != .min: return .literal(.integer(-number), start)
    case .integer(let number): return .literal(.unsigned(number.magnitude), start)
    case .unsigned(let number):
      let smallest = number == Int64.min.magnitude
      return .literal(smallest ? .integer(.min) : .double(-Double(number)), start)
    case .double(let number): return .literal(.double(-number), start)
    case .bool, .string, .json: throw QueryFault("Only numbers have a negative", at: start.offset)
    }
  }

  private mutating func literal() throws(QueryFault) -> Expression? {
    let start = spot
    let value: Value
    switch token.kind {
    case .string(let text): value = .string(text)
    case .integer(let number): value = Int64(exactly: number).map { .integer($0) } ?? .unsigned(number)
    case .number(let number): value = .double(number)
    case .json(let json): value = .json(json)
    default:
      switch token.keyword {
      case "TRUE": value = .bool(true)
      case "FALSE": value = .bool(false)
      case "NULL":
        advance()
        return .null(start)
      default: return nil
      }
    }
    advance()
    return .literal(value, start)
  }

  private mutating func primary() throws(QueryFault) -> Expression {
    if let literal = try literal() { return literal }
    if eat(sign: "(") {
      let inner = try condition()
      guard eat(sign: ")") else { throw expected("\")\"", candidates: ["AND", "OR"]) }
      if endOfBarePath == at - 1 { endOfBarePath = nil }
      return inner
    }
    if isSign("[") {
      throw QueryFault("A list may only follow IN or NIN", at: token.start)
    }
    if case .word(let word) = token.kind, ahead(1).kind == .sign("(") { return try call(word) }
    return .path(try path("a property, a value or a function"))
  }

  private mutating func path(_ what: String) throws(QueryFault) -> Path {
    let start = spot
    var parts = [try name(what)]
    while eat(sign: ".") {
      guard parts.count < QueryLimits.nesting else {
        throw QueryFault("A path has at most \(QueryLimits.nesting) parts", at: token.start)
      }
      parts.append(try part("a property"))
    }
    return Path(parts: parts, isBare: true, collection: 0, spot: start)
  }

  /// A name where no keyword can stand, so that reserved words need no brackets.
  mutating func part(_ what: String) throws(QueryFault) -> String {
    switch token.kind {
    case .word(let word), .escaped(let word):
      advance()
      return word
    default: throw expected(what)
    }
  }

  // MARK: Functions

  private mutating func call(_ word: String) throws(QueryFault) -> Expression {
    let start = spot
    let keyword = word.uppercased()
    if keyword == "IS_OF_MODEL" { return try isOfModel() }
    if let aggregate = Aggregate(rawValue: keyword) { return try self.aggregate(aggregate) }
    guard let function = Function.named(keyword) else {
      if reservedWords.contains(keyword) { throw expected("a property, a value or a function") }
      let known = Function.allCases.map { $0.rawValue } + Aggregate.allCases.map { $0.rawValue }
      let guess = nearest(word, known + ["IS_OF_MODEL"]).map { "; did you mean \($0)?" } ?? ""
      throw QueryFault("There is no function \(word)\(guess)", at: token.start)
    }
    advance()
    advance()
    var arguments: [Expression] = []
    for (i, _) in function.parameters.enumerated() {
      if i > 0 { try need(sign: ",") }
      arguments.append(try condition())
    }
    guard eat(sign: ")") else { throw expected("\")\": \(function.rawValue) has no more arguments") }
    return .call(function, arguments, start)
  }

  private mutating func aggregate(_ aggregate: Aggregate) throws(QueryFault) -> Expression {
    let start = spot
    advance()
    advance()
    if aggregate == .count, eat(sign: ")") { return .aggregate(.count, nil, start) }
    if aggregate == .count, eat(sign: "*") {
      try need(sign: ")")
      return .aggregate(.count, nil, start)
    }
    let argument = try condition()
    try need(sign: ")")
    return .aggregate(aggregate, argument, start)
  }

  /// `IS_OF_MODEL([twins,] 'dtmi:…' [, exact])`
  private mutating func isOfModel() throws(QueryFault) -> Expression {
    let start = spot
    advance()
    advance()
    var twins: Path?
    if case .string = token.kind {
    } else {
      twins = try path("a model in quotes, or a collection of twins")
      try need(sign: ",")
    }
    let model = try text("a model in quotes")
    var isExact = false
    if eat(sign: ",") {
      try need("EXACT")
      isExact = true
    }
    try need(sign: ")")
    return .isOfModel(twins, collection: 0, model: model, isExact: isExact, start)
  }
}
