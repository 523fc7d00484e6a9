import TwinModels
import TwinValues

/// Rules in order: the first that speaks of something decides about it; what none speaks of is there.
///
/// A twin is there when the first rule about whole twins that matches it says so. A property is there when its twin
/// is, and the first rule that matches the twin and speaks of the property (a rule about whole twins speaks of all of
/// them) says so.
///
/// `@unchecked Sendable`: `programs` is touched only while holding `lock`, everything else never changes.
public final class SightRules: @unchecked Sendable {
  /// The rules, the first first.
  public let rules: [SightRule]
  /// Every neighbourhood a rule names, once.
  let neighbourhoods: [Neighbourhood]
  private let lock = Lock()
  private var programs: [ObjectIdentifier: SightProgram] = [:]

  /// Makes rules.
  public init(_ rules: [SightRule]) {
    self.rules = rules
    var known: [Neighbourhood] = []
    for case let around? in rules.map(\.within) where !known.contains(around) { known.append(around) }
    neighbourhoods = known
  }

  /// Whether any rule asks where a twin stands in the graph.
  public var hasNeighbourhoods: Bool { !neighbourhoods.isEmpty }

  /// Whether any rule asks for models.
  public var hasModels: Bool { rules.contains { $0.models != nil } }

  /// Whether any rule hides paths.
  var hidesPaths: Bool { rules.contains { $0.paths != nil && !$0.allows } }

  /// Whether the rules say the same of a twin in every state of every world: they ask for nothing but its id.
  public var isTimeless: Bool { !hasNeighbourhoods && !hasModels }

  /// What the rules say of the twins of one table.
  func program(for layout: TableLayout) -> SightProgram {
    lock.withLock {
      if let known = programs[ObjectIdentifier(layout)] { return known }
      // A program keeps its layout, so that no other can come to lie in its place.
      if programs.count > 4 * GraphLimits.models { programs = [:] }
      let program = SightProgram(self, layout)
      programs[ObjectIdentifier(layout)] = program
      return program
    }
  }

  /// The steps that decide about a twin of a model, or about a path of it.
  func steps(_ path: String?, _ layout: TableLayout) -> [SightStep] {
    var steps: [SightStep] = []
    for (index, rule) in rules.enumerated() {
      if let path { guard rule.speaks(of: path) else { continue } } else if rule.paths != nil { continue }
      guard let isSure = rule.matches(layout) else { continue }
      // A model that is gone can't be asked what it extended: then what hides counts, what shows does not.
      if !isSure, rule.allows { continue }
      let step = SightStep(
        rule: index, allows: rule.allows, globs: rule.twins,
        neighbourhood: rule.within.flatMap { neighbourhoods.firstIndex(of: $0) })
      steps.append(step)
      if step.isFinal { break }
    }
    return steps
  }
}

extension SightRule {
  /// Whether the rule speaks of a model's twins: `nil` for no, `false` for perhaps.
  fileprivate func matches(_ layout: TableLayout) -> Bool? {
    guard let models else { return true }
    if models.contains(layout.model) { return true }
    guard let interface = layout.interface else { return false }
    return models.contains { (try? DTMI($0)).map { interface.isA($0) } ?? false } ? true : nil
  }
}

/// One rule, as it concerns the twins of one model.
struct SightStep: Hashable {
  let rule: Int
  let allows: Bool
  let globs: [Glob]?
  let neighbourhood: Int?

  /// Whether it decides about every twin that comes to it.
  var isFinal: Bool { globs == nil && neighbourhood == nil }

  func matches(_ id: UnsafeBufferPointer<UInt8>) -> Bool { globs?.contains { $0.matches(id) } ?? true }
}

/// What rules say of the twins of one table.
final class SightProgram: Sendable {
  let layout: TableLayout
  let twin: [SightStep]
  /// For each column; `nil` where the twin's steps decide about it too.
  let columns: [[SightStep]?]

  init(_ rules: SightRules, _ layout: TableLayout) {
    self.layout = layout
    let twin = rules.steps(nil, layout)
    self.twin = twin
    let hasPaths = rules.rules.contains { $0.paths != nil }
    columns = layout.fields.map {
      guard hasPaths else { return nil }
      let steps = rules.steps($0.path, layout)
      return steps == twin ? nil : steps
    }
  }
}
