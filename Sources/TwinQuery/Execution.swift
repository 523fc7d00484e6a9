import TwinGraph
import TwinValues

/// Brings forth the rows of a plan, one after another, always in the same order over the same graph.
///
/// A row is `evaluator.slots`. What takes rows in says whether it wants more.
final class Execution {
  /// Where in the plan's start a row comes from, and how many rows came from there before it.
  struct Position: Equatable {
    /// Which of the named twins, or which of the tables.
    var major = 0
    /// The row of a table, or the slot of a relationship.
    var minor = 0
    var skipped = 0
  }

  let plan: Plan
  let evaluator: Evaluator
  /// What was looked at, for the charge and for EXPLAIN.
  var testedTwins = 0
  var followed = 0
  /// Pages of tables that were looked at, and that filters showed to hold nothing that passes.
  private(set) var visitedPages = 0
  private(set) var skippedPages = 0
  /// Columns in which values were looked for without a filter.
  private(set) var filterRequests: Set<FilterRequest> = []
  /// Rows that came from the start, and from each step.
  var produced: [Int]
  private(set) var position = Position()
  /// Whether the time for the query is up; asked now and then.
  private let isOver: () -> Bool
  private var steps = 0
  /// Whether it was once.
  private var wasOver = false
  private var graph: Graph { evaluator.graph }

  init(_ plan: Plan, _ evaluator: Evaluator, isOver: @escaping () -> Bool) {
    self.plan = plan
    self.isOver = isOver
    self.evaluator = evaluator
    produced = [Int](repeating: 0, count: plan.steps.count + 1)
  }

  /// Whether the time is up; once it is, it stays so.
  @inline(__always)
  private func hasTime(every: Int) -> Bool {
    steps &+= 1
    if steps % every == 0, isOver() { wasOver = true }
    return !wasOver
  }

  /// - Throws: `queryTimeout` when the time was up before everything was looked at.
  func requireTime() throws(NuriError) {
    guard wasOver else { return }
    throw NuriError(
      .queryTimeout, "The query took longer than a query may.",
      advice: "Start from fewer twins (WHERE, $dtId = …), name relationships, or ask for fewer rows.")
  }

  /// Counts a relationship looked at.
  /// - Throws: as `requireTime`, and `limitExceeded`.
  func countVisit() throws(NuriError) {
    followed += 1
    if !hasTime(every: 1024) { try requireTime() }
    guard followed <= QueryLimits.visits else {
      throw NuriError(
        .limitExceeded, "The query follows more than \(QueryLimits.visits) relationships.",
        advice: "Start from fewer twins ($dtId = …), or name the relationships to follow.")
    }
  }

  /// Calls `take` with each row from `start` on, until it returns `false`.
  func run(from start: Position = Position(), _ take: () throws(NuriError) -> Bool) throws(NuriError) {
    let skipped = start.skipped
    var isFirst = true
    // The rows of one start, less those that an earlier page had.
    func offer() throws(NuriError) -> Bool {
      produced[0] += 1
      position.skipped = 0
      let toSkip = isFirst && position.major == start.major && position.minor == start.minor ? skipped : 0
      isFirst = false
      return try follow(0) { () throws(NuriError) in
        defer { position.skipped += 1 }
        return position.skipped < toSkip ? true : try take()
      }
    }
    switch plan.start {
    case .twins(let access):
      if let ids = access.ids {
        try runNamed(ids, access, start, offer)
      } else {
        try runTables(access, start, offer)
      }
    case .relationships(let access):
      if scansSources {
        try runSources(access, start, take)
      } else {
        try runRelationships(access, start, offer)
      }
    case .differences(let terms):
      for index in start.minor..<max(start.minor, evaluator.differences.count) {
        evaluator.slots[0] = UInt32(index)
        position.minor = index
        testedTwins += 1
        guard holds(terms) else { continue }
        guard try offer() else { return }
      }
    }
  }

  @inline(__always)
  func holds(_ terms: [Term]) -> Bool { terms.allSatisfy { evaluator.truth($0) == true } }

  private func runNamed(
    _ ids: [TwinRef], _ access: TwinAccess, _ start: Position, _ offer: () throws(NuriError) -> Bool
  ) throws(NuriError) {
    for index in start.major..<max(start.major, ids.count) {
      evaluator.slots[access.collection] = ids[index].slot
      position.major = index
      testedTwins += 1
      guard holds(access.terms) else { continue }
      guard try offer() else { return }
    }
  }

  private func runTables(
    _ access: TwinAccess, _ start: Position, _ offer: () throws(NuriError) -> Bool
  ) throws(NuriError) {
    var failure: NuriError?
    for index in start.major..<max(start.major, access.tables.count) {
      let firstRow = index == start.major ? start.minor : 0
      var goesOn = true
      forEachMatch(access, index, from: firstRow) { page, matches in
        evaluator.open(page, access.collection)
        defer { evaluator.page = nil }
        goesOn = matches.forEach { row in
          evaluator.slots[access.collection] = page.twins[row]
          evaluator.pageRow = row
          position.major = index
          position.minor = page.firstRow + row
          do throws(NuriError) {
            return try offer()
          } catch {
            failure = error
            return false
          }
        }
        return goesOn
      }
      if let failure { throw failure }
      guard goesOn else { return }
    }
  }

  /// Calls `body` with each page of a table and the rows that pass.
  func forEachMatch(
    _ access: TwinAccess, _ index: Int, from firstRow: Int, _ body: (TablePage, Mask) -> Bool
  ) {
    let (table, test) = access.tables[index]
    evaluator.pageFields = graph.layout(table: table).fields
    let pages = test.pages(graph, table: table, &filterRequests)
    // Which pages may hold a value depends on hidden ones too: the charge must not tell.
    let isChargedWhole = pages != nil && graph.isFiltered
    if isChargedWhole { testedTwins += graph.twinCount(table: table) }
    var next = firstRow >> 7
    var goesOn = true
    graph.forEachPage(table: table, from: firstRow, among: pages) { page in
      skippedPages += page.firstRow >> 7 - next
      visitedPages += 1
      next = page.firstRow >> 7 + 1
      let occupied = Mask(page.occupied).from(firstRow - page.firstRow)
      if !isChargedWhole { testedTwins += occupied.count }
      let matches = evaluator.truth(test, page, occupied, collection: access.collection).yes
      goesOn = (matches.isEmpty || body(page, matches)) && hasTime(every: 16)
      return goesOn
    }
    if goesOn { skippedPages += (graph.rowCount(table: table) + 127) >> 7 - next }
  }

  /// How many twins pass, when that is all there is to the query.
  func countMatches(_ access: TwinAccess) -> Int {
    var count = 0
    for (index, table) in access.tables.enumerated() {
      if case .constant(true?) = table.test {
        count += graph.twinCount(table: table.table)
        continue
      }
      forEachMatch(access, index, from: 0) { _, matches in
        count += matches.count
        return true
      }
    }
    produced[0] = count
    return count
  }

  /// The table that a position's rows are in; `nil` when they are in none.
  func table(at major: Int) -> Int? {
    switch plan.start {
    case .twins(let access):
      return access.ids == nil && access.tables.indices.contains(major) ? access.tables[major].table : nil
    case .relationships: return scansSources && major < graph.tableCount ? major : nil
    case .differences: return nil
    }
  }

  // MARK: Relationships

  /// Whether all relationships are gone through by the twins they leave. Where some are hidden, the slots of the
  /// others would tell how many.
  private var scansSources: Bool {
    guard graph.isFiltered, case .relationships(let access) = plan.start else { return false }
    return access.sources == nil && access.targets == nil
  }

  private func runSources(
    _ access: RelationshipAccess, _ start: Position, _ take: () throws(NuriError) -> Bool
  ) throws(NuriError) {
    var failure: NuriError?
    for table in start.major..<max(start.major, graph.tableCount) {
      let firstRow = table == start.major ? start.minor : 0
      var goesOn = true
      graph.forEachPage(table: table, from: firstRow) { page in
        goesOn = Mask(page.occupied).from(firstRow - page.firstRow).forEach { row in
          let isFirst = table == start.major && page.firstRow + row == start.minor
          position = Position(major: table, minor: page.firstRow + row, skipped: 0)
          for relationship in graph.outgoing(graph.twin(number: page.twins[row])) {
            defer { position.skipped += 1 }
            if isFirst, position.skipped < start.skipped { continue }
            do throws(NuriError) {
              guard
                try offerRelationship(
                  relationship, access,
                  { () throws(NuriError) in
                    produced[0] += 1
                    return try take()
                  })
              else { return false }
            } catch {
              failure = error
              return false
            }
          }
          return true
        }
        return goesOn
      }
      if let failure { throw failure }
      guard goesOn else { return }
    }
  }

  private func runRelationships(
    _ access: RelationshipAccess, _ start: Position, _ offer: () throws(NuriError) -> Bool
  ) throws(NuriError) {
    guard let twins = access.sources ?? access.targets else {
      for slot in start.minor..<max(start.minor, graph.relationshipSlots) {
        guard let relationship = graph.relationship(slot: slot) else { continue }
        position.minor = slot
        guard try offerRelationship(relationship, access, offer) else { return }
      }
      return
    }
    for index in start.major..<max(start.major, twins.count) {
      let isOutgoing = access.sources != nil
      var ordinal = 0
      for relationship in isOutgoing ? graph.outgoing(twins[index]) : graph.incoming(twins[index]) {
        ordinal += 1
        if index == start.major, ordinal <= start.minor { continue }
        position.major = index
        position.minor = ordinal - 1
        guard try offerRelationship(relationship, access, offer) else { return }
      }
    }
  }

  private func offerRelationship(
    _ relationship: RelationshipRef, _ access: RelationshipAccess, _ offer: () throws(NuriError) -> Bool
  ) throws(NuriError) -> Bool {
    try countVisit()
    if let names = access.names, !names.contains(graph.nameIndex(of: relationship)) { return true }
    evaluator.slots[access.collection] = relationship.slot
    guard holds(access.terms) else { return true }
    return try offer()
  }
}
