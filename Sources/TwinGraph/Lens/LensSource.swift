import TwinValues

/// Makes lenses by one set of rules for the states that one world goes through, each from the one before: what did not
/// change is not looked at again. The cost of a lens after a write follows what the write touched; a change of a
/// property touches nothing a lens depends on.
///
/// All calls may come from any thread.
///
/// `@unchecked Sendable`: `latest` and `members` are touched only while holding `lock`.
public final class LensSource: @unchecked Sendable {
  private let rules: SightRules
  private let lock = Lock()
  private var latest: Lens?
  private var members: [KnownMembers] = []

  /// Makes a source.
  public init(_ rules: SightRules) { self.rules = rules }

  /// The lens for a state, held against others that show at least as much.
  public func lens(for graph: Graph, bounds: [LensBound] = []) -> Lens {
    lock.withLock {
      let lens = make(graph.state, bounds.filter { $0.lens.hidesTwins || $0.lens.mayHidePaths })
      latest = lens
      return lens
    }
  }

  private func make(_ state: GraphState, _ bounds: [LensBound]) -> Lens {
    let moved = updateMembers(state)
    let names = rules.rules.contains { $0.paths != nil } || !bounds.isEmpty ? state.names : []
    // What was worked out before holds on only while nothing around it changed.
    let isSteady =
      latest.map { old in
        old.names == names && old.bounds.count == bounds.count
          && zip(old.bounds, bounds).allSatisfy { $0 === $1.lens }
      } ?? false
    let old = isSteady ? latest : nil
    let spoken = names.indices.filter { index in
      rules.rules.contains { $0.paths != nil && $0.speaks(of: names[index]) }
        || bounds.contains { $0.lens.mayHidePaths }
    }
    var isSame = old.map { $0.tables.count == state.tables.count } ?? false
    var tables = ContiguousArray<TableSight>()
    tables.reserveCapacity(state.tables.count)
    for (index, table) in state.tables.enumerated() {
      let before = old.flatMap { index < $0.tables.count ? $0.tables[index] : nil }
        .flatMap { $0.layout === table.layout ? $0 : nil }
      if let before, moved.isEmpty, before.twinOfRow.isIdentical(to: table.twinOfRow) {
        tables.append(before)
        continue
      }
      isSame = false
      let builder = SightBuilder(
        rules: rules, state: state, table: index, members: members.map(\.set), bounds: bounds, before: before,
        moved: moved)
      tables.append(builder.sight(names: names, spoken: spoken))
    }
    if isSame, let old { return old }
    return Lens(
      rules, tables, slots: state.twins.count, names: names, bounds: bounds.map(\.lens), earlier: old)
  }

  /// Finds the neighbourhoods again where relationships changed. Returns the slots that came in or went out.
  private func updateMembers(_ state: GraphState) -> [Int] {
    var moved: [Int] = []
    var found: [KnownMembers] = []
    // No twin came or went: those in the middle are where they were, and need not be looked up.
    let isSettled = latest?.hasTwins(of: state) ?? false
    for (index, around) in rules.neighbourhoods.enumerated() {
      let known = index < members.count ? members[index] : nil
      let root = isSettled && known != nil ? known?.root : around.root(in: state)
      if let known, known.holds(for: state, root: root) {
        found.append(known)
        continue
      }
      var set = around.members(of: root, in: state)
      if let known {
        if known.set.equals(set) {
          set = known.set
        } else {
          MemberSet.forEachDifference(known.set, set) { moved.append($0) }
        }
      }
      found.append(KnownMembers(set, root: root, state))
    }
    members = found
    return moved
  }
}

extension Lens {
  /// Whether the twins of a state and their models are those that it was made for.
  fileprivate func hasTwins(of state: GraphState) -> Bool {
    tables.count == state.tables.count
      && zip(tables, state.tables).allSatisfy {
        $0.layout === $1.layout && $0.twinOfRow.isIdentical(to: $1.twinOfRow)
      }
  }
}

/// A step that an id may match by the few bytes it begins with. Nearly every id is passed over by nearly every rule: that
/// takes no more than a comparison, and no counting of references.
private struct Candidate: BitwiseCopyable {
  let head: UInt64
  let mask: UInt64
  let step: Int
  /// Where the twin must stand; −1 for anywhere.
  let neighbourhood: Int

  private init(_ step: SightStep, _ index: Int, _ head: (bytes: UInt64, mask: UInt64)) {
    (self.head, mask) = head
    self.step = index
    neighbourhood = step.neighbourhood ?? -1
  }

  /// One for each pattern of a step; one for all ids when it has none.
  static func all(of step: SightStep, _ index: Int) -> [Candidate] {
    step.globs.map { $0.map { Candidate(step, index, $0.head) } } ?? [Candidate(step, index, (0, 0))]
  }
}

/// Works out what is seen of one table.
private struct SightBuilder {
  let rules: SightRules
  let state: GraphState
  let table: Int
  let members: [MemberSet]
  let bounds: [LensBound]
  /// What was seen of it in an earlier state.
  let before: TableSight?
  /// Slots whose neighbourhoods changed since.
  let moved: [Int]

  func sight(names: [String], spoken: [Int]) -> TableSight {
    let content = state.tables[table]
    let program = rules.program(for: content.layout)
    let twin = sight(program.twin, before?.twin, hides: { $0.hidesTwins }) { $0.sees($1, $2) }
    let columns = program.columns.enumerated().map { column, steps in
      let path = content.layout.fields[column].path
      return part(steps, path, before?.columns[column], hides: { $0.mayHidePaths })
    }
    var byName: [Int: Sight] = [:]
    for name in spoken {
      let steps = rules.steps(names[name], content.layout)
      byName[name] = part(
        steps == program.twin ? nil : steps, names[name], before?.names[name], hides: { $0.mayHidePaths })
    }
    return TableSight(
      layout: content.layout, twinOfRow: content.twinOfRow, twin: twin, columns: columns, names: byName,
      count: count(twin))
  }

  private func count(_ sight: Sight) -> Int {
    switch sight {
    case .all: state.tables[table].count
    case .none: 0
    case .rows(let mask): mask.words.reduce(0) { $0 + $1.nonzeroBitCount }
    }
  }

  /// What is seen of one path; `nil` when whoever sees the twin sees it.
  private func part(
    _ steps: [SightStep]?, _ path: String, _ earlier: Sight??, hides: (Lens) -> Bool
  ) -> Sight? {
    // Where no rule of its own speaks of the path, the twin's sight stands for it.
    let sight = sight(steps ?? [], earlier.map { $0 ?? .all }, hides: hides) { $0.sees($1, $2, path: path) }
    return sight.isAll ? nil : sight
  }

  private func sight(
    _ steps: [SightStep], _ earlier: Sight?, hides: (Lens) -> Bool,
    _ bound: (LensBound, Int, UnsafeBufferPointer<UInt8>) -> Bool
  ) -> Sight {
    let bounds = bounds.filter { hides($0.lens) }
    if let first = steps.first, first.isFinal, !first.allows { return .none }
    if bounds.isEmpty, steps.allSatisfy(\.allows) { return .all }
    let candidates = steps.indices.flatMap { Candidate.all(of: steps[$0], $0) }
    return rows(earlier) { slot in
      guard let page = state.twinIds.page(of: slot) else { return false }
      return page.withBytes(slot & 127) { id in
        decide(steps, candidates, slot, id) && bounds.allSatisfy { bound($0, slot, id) }
      }
    }
  }

  private func decide(
    _ steps: [SightStep], _ candidates: [Candidate], _ slot: Int, _ id: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    let head = Glob.head(of: id).bytes
    for candidate in candidates where head & candidate.mask == candidate.head {
      if candidate.neighbourhood >= 0, !members[candidate.neighbourhood].contains(slot) { continue }
      let step = steps[candidate.step]
      if step.matches(id) { return step.allows }
    }
    return true
  }

  /// Asks for every row of pages that changed, and for rows whose neighbourhoods did.
  private func rows(_ earlier: Sight?, _ shows: (Int) -> Bool) -> Sight {
    let content = state.tables[table]
    let rows = content.twinOfRow
    var words = ContiguousArray<UInt64>(repeating: 0, count: (rows.count + 63) >> 6)
    for page in words.indices {
      let start = page << 6
      let isKnown =
        before.map { start < $0.twinOfRow.count && $0.twinOfRow.sharesPage(of: start, with: rows) } ?? false
      if isKnown, case .rows(let mask)? = earlier {
        words[page] = mask.word(page)
        continue
      }
      let kept: UInt64? = isKnown ? earlier?.word(page) : nil
      rows.withPage(of: start) { twins in
        var bits: UInt64 = 0
        for row in 0..<min(64, rows.count - start) where twins[row] != Table.vacant {
          let isSeen = kept.map { $0 != 0 } ?? shows(Int(twins[row]))
          if isSeen { bits |= 1 << UInt64(row) }
        }
        words[page] = bits
      }
    }
    for slot in moved where slot < state.twins.count {
      let twin = state.twins[slot]
      guard twin.isAlive, twin.table == table else { continue }
      let bit: UInt64 = 1 << UInt64(twin.row & 63)
      if shows(slot) { words[Int(twin.row) >> 6] |= bit } else { words[Int(twin.row) >> 6] &= ~bit }
    }
    let seen = words.reduce(0) { $0 + $1.nonzeroBitCount }
    return seen == content.count ? .all : seen == 0 ? .none : .rows(RowMask(words))
  }
}
