public import TwinValues

/// A fork as the live world's log knows it: the catalogue of worlds is part of the live graph's state.
public struct WorldEntry: Hashable, Sendable {
  /// Its number, also its folder's name; 0 is the live world, which has no entry.
  public let number: UInt32
  /// Its name, unique among worlds that exist.
  public let name: String
  /// The number of the world it was forked from.
  public let parent: UInt32
  /// The parent's sequence it starts from.
  public let forkPoint: UInt64
  /// Whether it keeps receiving its parent's changes.
  public let isTracking: Bool
  /// A note for people.
  public let label: String
  /// When it was forked.
  public let created: Instant
  /// When it may be discarded unasked.
  public let expires: Instant?

  /// Makes an entry.
  public init(
    number: UInt32, name: String, parent: UInt32, forkPoint: UInt64, isTracking: Bool, label: String,
    created: Instant, expires: Instant?
  ) {
    self.number = number
    self.name = name
    self.parent = parent
    self.forkPoint = forkPoint
    self.isTracking = isTracking
    self.label = label
    self.created = created
    self.expires = expires
  }
}

extension Graph {
  /// The forks there are, in order of their numbers; none through a lens. Only the live world's graph is the
  /// catalogue's truth.
  public var worlds: [WorldEntry] { lens == nil ? state.worlds : [] }

  /// One more than the greatest number a fork ever had; 1 through a lens.
  public var nextWorldNumber: UInt32 { lens == nil ? state.nextWorldNumber : 1 }

  /// The same graph without what belongs to the live world alone: its catalogue of forks, its records and which
  /// changes were of these. A thousand open forks would each keep the catalogue as it was when they were made, and together a million entries.
  public var withoutWorlds: Graph {
    guard !state.liveWorldOnly.isEmpty || !state.worlds.isEmpty || !state.records.isEmpty else { return self }
    var graph = self
    graph.own()
    graph.state.worlds = []
    graph.state.records = [:]
    graph.state.liveWorldOnly = SequenceStretches()
    return graph
  }

  mutating func putWorld(_ entry: WorldEntry) throws(NuriError) {
    if let other = state.worlds.first(where: { $0.name == entry.name && $0.number != entry.number }) {
      throw NuriError(
        .worldExists, "There is a world \"\(other.name)\" already.", advice: "Choose another name.")
    }
    guard entry.number < .max else {
      throw NuriError(.limitExceeded, "No world has the number \(entry.number).")
    }
    own()
    if let index = state.worlds.firstIndex(where: { $0.number == entry.number }) {
      state.worlds[index] = entry
    } else {
      state.worlds.append(entry)
      state.nextWorldNumber = max(state.nextWorldNumber, entry.number + 1)
    }
  }

  mutating func removeWorld(_ number: UInt32) throws(NuriError) {
    guard let index = state.worlds.firstIndex(where: { $0.number == number }) else {
      throw NuriError(.worldNotFound, "There is no world number \(number).")
    }
    own()
    state.worlds.remove(at: index)
  }
}

extension NuriError.Code {
  /// No such world.
  public static let worldNotFound = Self("worldNotFound")
  /// A world with that name exists.
  public static let worldExists = Self("worldExists")
}
