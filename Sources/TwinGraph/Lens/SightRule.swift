/// The twins that lie some relationships away from one, that one included.
public struct Neighbourhood: Hashable, Sendable {
  /// Which way relationships are followed from the twin in the middle.
  public enum Direction: String, Hashable, Sendable, CaseIterable {
    /// From source to target.
    case outgoing
    /// From target to source.
    case incoming
    /// Both.
    case either

    var reversed: Direction {
      switch self {
      case .outgoing: .incoming
      case .incoming: .outgoing
      case .either: .either
      }
    }
  }

  /// The twin in the middle.
  public let twin: String
  /// The relationships to follow, by name; `nil` for all.
  public let relationships: [String]?
  /// How many to follow, one after another, at most.
  public let hops: Int
  /// Which way.
  public let direction: Direction

  /// Makes one.
  public init(twin: String, relationships: [String]? = nil, hops: Int, direction: Direction = .outgoing) {
    self.twin = twin
    self.relationships = relationships
    self.hops = hops
    self.direction = direction
  }
}

/// One rule about which twins and which of their properties are there for somebody. What a rule does not name is any.
public struct SightRule: Hashable, Sendable {
  /// Its name.
  public let id: String
  /// Whether it shows what it speaks of, or hides it.
  public let allows: Bool
  /// Models, by DTMI; those that extend them too.
  public let models: [String]?
  /// Patterns of twin ids.
  public let twins: [Glob]?
  /// Where in the graph.
  public let within: Neighbourhood?
  /// Properties, components and relationships, by name or path; `nil` for the whole twin.
  public let paths: [Glob]?

  /// Makes a rule.
  public init(
    id: String, allows: Bool, models: [String]? = nil, twins: [Glob]? = nil, within: Neighbourhood? = nil,
    paths: [Glob]? = nil
  ) {
    self.id = id
    self.allows = allows
    self.models = models
    self.twins = twins
    self.within = within
    self.paths = paths
  }

  /// Whether the rule speaks of a path. A component's name covers its properties. What lies inside a property can't
  /// be told apart from it: a rule that hides it hides the property, one that shows it shows nothing.
  func speaks(of path: String) -> Bool {
    guard let paths else { return true }
    return paths.contains { glob in
      if glob.matches(path) { return true }
      if let dot = path.utf8.firstIndex(of: UInt8(ascii: ".")), glob.matches(String(path[..<dot])) {
        return true
      }
      return !allows && glob.text.hasPrefix(path + ".")
    }
  }
}
