import TwinValues

extension Parser {
  /// `[EXPLAIN] SELECT … FROM … [WHERE …] [GROUP BY …] [ORDER BY …] [LIMIT n] [OFFSET n]`
  mutating func query() throws(QueryFault) -> Query {
    let isExplained = token.keyword == "EXPLAIN" && ahead(1).keyword == "SELECT"
    if isExplained { advance() }
    try need("SELECT")
    let top = try topClause()
    var items: [Query.Item] = []
    if eat(sign: "*") || top != nil && token.keyword == "FROM" {
    } else {
      items = try list(of: "columns", atMost: QueryLimits.columns) { (p) throws(QueryFault) in
        try p.item()
      }
    }
    guard eat("FROM") else {
      throw expected(items.isEmpty ? "FROM" : "FROM, AS or a comma", candidates: ["FROM", "AS"])
    }
    var query = Query(source: try source())
    query.isExplained = isExplained
    query.top = top
    query.selection = items
    query.selectsAll = items.isEmpty
    try clauses(&query)
    query.collections = collections
    return query
  }

  private mutating func topClause() throws(QueryFault) -> Int? {
    guard eat("TOP") else { return nil }
    try need(sign: "(")
    let count = try count("how many rows")
    try need(sign: ")")
    return count
  }

  private mutating func item() throws(QueryFault) -> Query.Item {
    let start = spot
    let expression = try condition()
    let alias = eat("AS") ? try name("a name for the column") : nil
    return Query.Item(expression: expression, alias: alias, spot: start)
  }

  private mutating func clauses(_ query: inout Query) throws(QueryFault) {
    if eat("WHERE") { query.condition = try condition() }
    if eat("GROUP") {
      try need("BY")
      query.groups = try list(of: "grouping expressions", atMost: QueryLimits.columns) {
        (p) throws(QueryFault) in try p.condition()
      }
    }
    if eat("ORDER") {
      try need("BY")
      query.orders = try list(of: "ordering expressions", atMost: QueryLimits.columns) {
        (p) throws(QueryFault) in
        let expression = try p.condition()
        let isDescending = p.eat("DESC")
        if !isDescending { _ = p.eat("ASC") }
        return Query.Order(expression: expression, isDescending: isDescending)
      }
    }
    while token.keyword == "LIMIT" || token.keyword == "OFFSET" {
      let isLimit = token.keyword == "LIMIT"
      guard (isLimit ? query.limit : query.offset) == nil else {
        throw QueryFault("\(isLimit ? "LIMIT" : "OFFSET") is there twice", at: token.start)
      }
      advance()
      let count = try count("how many rows")
      if isLimit { query.limit = count } else { query.offset = count }
    }
    guard token.kind == .end else { throw endFault(query) }
  }

  /// Why the query can't go on here.
  private func endFault(_ query: Query) -> QueryFault {
    var clauses = ["ORDER BY", "LIMIT", "OFFSET"]
    if query.orders.isEmpty, query.groups.isEmpty {
      clauses.insert("GROUP BY", at: 0)
      if query.condition == nil { clauses.insert("WHERE", at: 0) }
    }
    let words = clauses.map { String($0.prefix { $0 != " " }) }
    if endOfBarePath == at {
      return expected(
        "a comparison operator", candidates: words + ["AND", "OR", "IN", "NIN", "FROM", "AS"])
    }
    if query.condition != nil, query.groups.isEmpty, query.orders.isEmpty {
      return expected("AND, OR, \(clauses[0]) or the end of the query", candidates: words + ["AND", "OR"])
    }
    return expected(
      "\(clauses.joined(separator: ", ")) or the end of the query", candidates: words + ["JOIN", "MATCH"])
  }

  // MARK: FROM

  private mutating func source() throws(QueryFault) -> Query.Source {
    switch token.keyword {
    case "DIGITALTWINS":
      advance()
      return try twins()
    case "RELATIONSHIPS":
      advance()
      let alias = try collectionAlias()
      collections = [Query.Collection(kind: .relationship, name: alias)]
      var source = Query.Source(kind: .relationships, alias: alias)
      try worldModifiers(&source.world)
      if token.keyword == "JOIN" || token.keyword == "MATCH" {
        throw QueryFault(
          "FROM RELATIONSHIPS can't be followed by \(token.keyword ?? "")", at: token.start,
          advice: "Start from FROM DIGITALTWINS.")
      }
      return source
    case "DIFF" where ahead(1).kind == .sign("("):
      advance()
      return try difference()
    default:
      if isSign("(") { throw QueryFault("FROM takes no subquery", at: token.start) }
      throw expected(
        "DIGITALTWINS, RELATIONSHIPS or DIFF(…)", candidates: ["DIGITALTWINS", "RELATIONSHIPS", "DIFF"])
    }
  }

  private mutating func twins() throws(QueryFault) -> Query.Source {
    let alias = try collectionAlias()
    var source = Query.Source(kind: .twins, alias: alias)
    try worldModifiers(&source.world)
    if token.keyword == "MATCH" {
      advance()
      source.pattern = try pattern()
      guard alias.map({ alias in collections.contains { $0.name == alias } }) ?? true else {
        throw QueryFault(
          "MATCH names its twins itself; the name \(alias ?? "") after DIGITALTWINS refers to nothing",
          at: token.start)
      }
    } else {
      collections = [Query.Collection(kind: .twin, name: alias)]
      while token.keyword == "JOIN" {
        guard source.joins.count < QueryLimits.joins else {
          throw QueryFault("A query has at most \(QueryLimits.joins) JOINs", at: token.start)
        }
        advance()
        source.joins.append(try join())
      }
      if token.keyword == "MATCH", !source.joins.isEmpty {
        throw QueryFault("A query has either JOINs or one MATCH", at: token.start)
      }
    }
    try worldModifiers(&source.world)
    return source
  }

  /// `T` or `AS T`, where what follows is not a clause.
  private mutating func collectionAlias() throws(QueryFault) -> String? {
    if token.keyword == "AS" {
      guard !startsAsOf else { return nil }
      advance()
      return try name("a name for the collection")
    }
    switch token.kind {
    case .escaped: return try name("a name")
    case .word(let word):
      if reservedWords.contains(word.uppercased()) { return nil }
      switch (word.uppercased(), ahead(1).kind) {
      case ("MATCH", .sign("(")), ("LIMIT", .integer), ("OFFSET", .integer): return nil
      case ("JOIN", _) where ahead(2).keyword == "RELATED": return nil
      default: return try name("a name")
      }
    default: return nil
    }
  }

  private mutating func join() throws(QueryFault) -> Query.Join {
    let targetStart = token.start
    let target = try name("a name for the related twins")
    try need("RELATED")
    let fromStart = token.start
    let from = try name("a collection of twins")
    guard let source = collections.firstIndex(where: { $0.name == from && $0.kind == .twin }) else {
      let names = collections.filter { $0.kind == .twin }.compactMap { $0.name }
      let guess = nearest(from, names).map { "; did you mean \($0)?" } ?? ""
      throw QueryFault("There are no twins named \(from) before this JOIN\(guess)", at: fromStart)
    }
    try need(sign: ".")
    let relationship = try part("the name of a relationship")
    let aliasStart = token.start
    let alias = try joinAlias()
    try declare(Query.Collection(kind: .twin, name: target), at: targetStart)
    try declare(
      Query.Collection(kind: .relationship, name: alias, fallbackName: relationship), at: aliasStart)
    return Query.Join(
      from: source, name: relationship, target: collections.count - 2, relationship: collections.count - 1)
  }

  private mutating func joinAlias() throws(QueryFault) -> String? {
    if token.keyword == "JOIN", ahead(2).keyword == "RELATED" { return nil }
    return try collectionAlias()
  }

  mutating func declare(_ collection: Query.Collection, at offset: Int) throws(QueryFault) {
    if let name = collection.name, collections.contains(where: { $0.name == name }) {
      throw QueryFault("The name \(name) is taken already", at: offset)
    }
    collections.append(collection)
  }

  // MARK: Worlds

  private var startsAsOf: Bool {
    guard token.keyword == "AS", ahead(1).keyword == "OF" else { return false }
    switch ahead(2).kind {
    case .string, .integer: return true
    default: return ahead(2).keyword == nil
    }
  }

  private mutating func worldModifiers(_ world: inout WorldReference) throws(QueryFault) {
    while true {
      if token.keyword == "IN" {
        guard world.name == nil else { throw QueryFault("The world is named twice", at: token.start) }
        advance()
        try need("WORLD")
        world.name = try text("the name of a world in quotes")
      } else if startsAsOf {
        guard world.asOf == nil else { throw QueryFault("AS OF is there twice", at: token.start) }
        world.asOf = try asOf()
      } else {
        return
      }
    }
  }

  private mutating func asOf() throws(QueryFault) -> WorldReference.AsOf {
    advance()
    advance()
    let start = token.start
    switch token.kind {
    case .integer(let sequence):
      advance()
      return .sequence(sequence)
    case .string(let text):
      advance()
      do {
        return .instant(try Instant(text))
      } catch {
        throw QueryFault(String(error.message.dropLast()), at: start, advice: error.advice)
      }
    default: throw expected("an instant in quotes or a sequence number")
    }
  }

  /// `DIFF([WORLD 'a'] [AS OF …], [WORLD 'b'] [AS OF …]) [alias]`
  private mutating func difference() throws(QueryFault) -> Query.Source {
    try need(sign: "(")
    let before = try side()
    try need(sign: ",")
    let after = try side()
    try need(sign: ")")
    let alias = try collectionAlias()
    collections = [Query.Collection(kind: .difference, name: alias)]
    return Query.Source(kind: .difference(before, after), alias: alias)
  }

  private mutating func side() throws(QueryFault) -> WorldReference {
    var side = WorldReference.here
    let hasName = eat("WORLD")
    if hasName { side.name = try text("the name of a world in quotes") }
    if startsAsOf {
      side.asOf = try asOf()
    } else if !hasName {
      throw expected("WORLD or AS OF", candidates: ["WORLD", "AS"])
    }
    return side
  }
}
