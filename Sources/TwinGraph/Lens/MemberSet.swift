/// The twins of a neighbourhood in one graph, as bits by slot.
final class MemberSet: Sendable {
  let words: [UInt64]

  init(_ words: [UInt64]) { self.words = words }

  @inline(__always)
  func contains(_ slot: Int) -> Bool {
    slot >> 6 < words.count && words[slot >> 6] >> UInt64(slot & 63) & 1 != 0
  }

  /// Calls `body` with every slot that is in one of two sets and not in the other.
  static func forEachDifference(_ a: MemberSet, _ b: MemberSet, _ body: (Int) -> Void) {
    for index in 0..<max(a.words.count, b.words.count) {
      var bits =
        (index < a.words.count ? a.words[index] : 0) ^ (index < b.words.count ? b.words[index] : 0)
      while bits != 0 {
        body(index << 6 | bits.trailingZeroBitCount)
        bits &= bits &- 1
      }
    }
  }

  func equals(_ other: MemberSet) -> Bool {
    var isSame = true
    MemberSet.forEachDifference(self, other) { _ in isSame = false }
    return isSame
  }
}

/// A neighbourhood as it was found in one graph, and what must be the same for it to be so in another.
struct KnownMembers {
  let set: MemberSet
  let root: Int?
  private let relationships: PagedArray<RelationshipRecord>

  init(_ set: MemberSet, root: Int?, _ state: GraphState) {
    self.set = set
    self.root = root
    relationships = state.relationships
  }

  func holds(for state: GraphState, root: Int?) -> Bool {
    self.root == root && relationships.isIdentical(to: state.relationships)
  }
}

extension Neighbourhood {
  /// The slot of the twin in the middle, when it exists.
  func root(in state: GraphState) -> Int? {
    guard let slot = twin.withBytes({ state.twinSlot($0) }), state.twins[slot].isAlive else { return nil }
    return slot
  }

  private func names(in state: GraphState) -> Set<Int>? {
    relationships.map { Set($0.compactMap { state.indexOfName[$0] }) }
  }

  /// All of it.
  func members(of root: Int?, in state: GraphState) -> MemberSet {
    guard let root else { return MemberSet([]) }
    var words = [UInt64](repeating: 0, count: (state.twins.count + 63) >> 6)
    words[root >> 6] |= 1 << UInt64(root & 63)
    walk(from: root, direction, in: state) { slot in
      let bit: UInt64 = 1 << UInt64(slot & 63)
      if words[slot >> 6] & bit != 0 { return .known }
      words[slot >> 6] |= bit
      return .new
    }
    return MemberSet(words)
  }

  /// Whether one twin is in it. Goes from the twin towards the middle, where there is mostly one way.
  func contains(_ slot: Int, in state: GraphState) -> Bool {
    guard let root = root(in: state), slot < state.twins.count, state.twins[slot].isAlive else {
      return false
    }
    if slot == root { return true }
    var seen: Set<Int> = [slot]
    var isFound = false
    walk(from: slot, direction.reversed, in: state) { next in
      if next == root {
        isFound = true
        return .end
      }
      return seen.insert(next).inserted ? .new : .known
    }
    return isFound
  }

  private enum Step { case new, known, end }

  /// Breadth first from a twin, as far as the neighbourhood reaches.
  private func walk(
    from start: Int, _ direction: Direction, in state: GraphState, _ meet: (Int) -> Step
  ) {
    let names = names(in: state)
    var frontier = [start]
    for _ in 0..<hops where !frontier.isEmpty {
      var next: [Int] = []
      for slot in frontier {
        let links = state.links[slot]
        for isOutgoing in [true, false] {
          if direction == (isOutgoing ? .incoming : .outgoing) { continue }
          for relationship in Adjacency(
            state, next: isOutgoing ? links.firstOut : links.firstIn, isOutgoing: isOutgoing)
          {
            let record = state.relationships[Int(relationship.slot)]
            if let names, !names.contains(record.name) { continue }
            let other = Int(isOutgoing ? record.target : record.source)
            switch meet(other) {
            case .new: next.append(other)
            case .known: continue
            case .end: return
            }
          }
        }
      }
      frontier = next
    }
  }
}
