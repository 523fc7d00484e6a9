/// The names in a simulated file system: what programs see, what a power cut would leave, and the steps
/// between. Names are whole paths; a folder is a path without a node. Guarded by the disk's lock.
struct SimulatedNames {
  enum Thing {
    case file(SimulatedNode)
    case folder

    func isSame(as other: Thing?) -> Bool {
      switch (self, other) {
      case (.file(let one), .file(let two)?): one === two
      case (.folder, .folder?): true
      default: false
      }
    }
  }

  /// A step that is not yet durable, filed under the folder it happened in. Each knows the file it is about: what
  /// survives may lack earlier steps, but a rename never gives its name to another file.
  enum Step {
    case put(String, Thing)
    case rename(String, String, Thing)
    case remove(String, Thing)
  }

  var current: [String: Thing] = [:]
  var durable: [String: Thing] = [:]
  var steps: [(folder: String, step: Step)] = []

  mutating func apply(_ step: Step, folder: String) {
    Self.apply(step, to: &current)
    steps.append((folder, step))
  }

  static func apply(_ step: Step, to names: inout [String: Thing]) {
    switch step {
    case .put(let path, let thing): names[path] = thing
    case .rename(let path, let target, let thing):
      if thing.isSame(as: names[path]) { names.removeValue(forKey: path) }
      names[target] = thing
    case .remove(let path, let thing):
      if thing.isSame(as: names[path]) { names.removeValue(forKey: path) }
    }
  }

  /// The same names with other nodes.
  func mapped(_ map: (SimulatedNode) -> SimulatedNode) -> SimulatedNames {
    func mappedThing(_ thing: Thing) -> Thing {
      if case .file(let node) = thing { return .file(map(node)) }
      return thing
    }
    var copy = self
    copy.current = current.mapValues(mappedThing)
    copy.durable = durable.mapValues(mappedThing)
    copy.steps = steps.map { place, step in
      switch step {
      case .put(let path, let thing): (place, .put(path, mappedThing(thing)))
      case .rename(let path, let target, let thing): (place, .rename(path, target, mappedThing(thing)))
      case .remove(let path, let thing): (place, .remove(path, mappedThing(thing)))
      }
    }
    return copy
  }

  mutating func sync(folder: String) {
    for (place, step) in steps where place == folder { Self.apply(step, to: &durable) }
    steps.removeAll { $0.folder == folder }
  }

  /// What a power cut leaves: any of the steps may be missing, whatever came after them.
  func survivors(_ seed: inout Seed) -> [String: Thing] {
    var names = durable
    let mood = seed.below(3)
    for (_, step) in steps where mood == 1 || (mood == 2 && seed.chance(1, in: 2)) {
      Self.apply(step, to: &names)
    }
    return names.filter { path, _ in
      let parent = parentPath(path)
      return parent == "" || parent == "/" || names[parent] != nil
    }
  }
}

/// The folder a path lies in; empty for a name alone.
func parentPath(_ path: String) -> String {
  guard let slash = path.lastIndex(of: "/") else { return "" }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}
