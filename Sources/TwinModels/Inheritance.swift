/// What `extends` means for a set of interfaces: order, chains, and the contents each ends up with.
struct Inheritance {
  /// What an interface has through its bases and itself.
  struct Reach {
    /// Longest chain of bases.
    var depth = 0
    /// Bases along every path.
    var total = 0
    /// All bases, nearest first, each once.
    var bases: [ModelElement] = []
    /// Contents by name, own ones first.
    var contents: [ModelElement] = []
    /// Names that two different contents have, with the second.
    var clashes: [ModelElement] = []
  }

  /// Chains and numbers of bases past what any version allows: what such an interface inherits is not worked
  /// out, since it can't be loaded.
  private static let hopelessDepth = 32
  private static let hopelessTotal = 4096
  /// Most contents of all interfaces together, inherited ones counted in each: a bound of Nuri's own, so that a
  /// small document can't ask for any amount of memory.
  static let maximumContents = 4_000_000

  private var contentCount = 0
  /// Whether the interfaces have more than `maximumContents`.
  var isTooLarge: Bool { contentCount > Self.maximumContents }

  private(set) var reaches: [String: Reach] = [:]
  /// Interfaces in an order that puts bases first.
  private(set) var order: [ModelElement] = []
  /// Interfaces that extend themselves, directly or through others.
  private(set) var cyclic: [ModelElement] = []

  /// Works out the interfaces given and those they extend.
  init(_ interfaces: [ModelElement]) {
    let all = Self.closure(interfaces)
    var waiting: [String: Int] = [:]
    var derived: [String: [ModelElement]] = [:]
    for item in all {
      let bases = Self.bases(of: item)
      waiting[item.id] = bases.count
      for base in bases { derived[base.id, default: []].append(item) }
    }
    var ready = all.filter { waiting[$0.id] == 0 }
    var next = 0
    while next < ready.count {
      let item = ready[next]
      next += 1
      order.append(item)
      let reach = reach(of: item)
      contentCount += reach.contents.count
      reaches[item.id] = reach
      for other in derived[item.id] ?? [] {
        let left = (waiting[other.id] ?? 1) - 1
        waiting[other.id] = left
        if left == 0 { ready.append(other) }
      }
    }
    if order.count < all.count {
      let done = Set(order.map(\.id))
      cyclic = Self.onCycles(all.filter { !done.contains($0.id) })
    }
  }

  /// The interfaces an interface extends directly, each once.
  static func bases(of item: ModelElement) -> [ModelElement] {
    var seen: Set<String> = []
    return item.elements("extends").filter { seen.insert($0.id).inserted }
  }

  private static func closure(_ interfaces: [ModelElement]) -> [ModelElement] {
    var found: [ModelElement] = []
    var seen: Set<String> = []
    var pending = Array(interfaces.reversed())
    while let item = pending.popLast() {
      guard seen.insert(item.id).inserted else { continue }
      found.append(item)
      pending += bases(of: item)
    }
    return found
  }

  /// Of interfaces that wait for each other, those that others of them wait for in turn.
  private static func onCycles(_ items: [ModelElement]) -> [ModelElement] {
    var left = items
    while true {
      let needed = Set(left.flatMap { bases(of: $0).map(\.id) })
      let kept = left.filter { needed.contains($0.id) }
      if kept.count == left.count { return kept }
      left = kept
    }
  }

  private func reach(of item: ModelElement) -> Reach {
    var result = Reach()
    var byName: [String: ModelElement] = [:]
    var seen: Set<String> = []
    func add(_ content: ModelElement) {
      guard let name = content.name else { return }
      if let old = byName[name] {
        if old !== content { result.clashes.append(content) }
      } else {
        byName[name] = content
        result.contents.append(content)
      }
    }
    item.elements("contents").forEach(add)
    let bases = Self.bases(of: item)
    for base in bases where seen.insert(base.id).inserted { result.bases.append(base) }
    for base in bases {
      let above = reaches[base.id] ?? Reach()
      result.depth = min(max(result.depth, above.depth + 1), Self.hopelessDepth)
      result.total = min(result.total + above.total + 1, 1 << 40)
      guard above.depth < Self.hopelessDepth, above.total < Self.hopelessTotal, !isTooLarge else { continue }
      for other in above.bases where seen.insert(other.id).inserted { result.bases.append(other) }
      above.contents.forEach(add)
    }
    return result
  }
}
