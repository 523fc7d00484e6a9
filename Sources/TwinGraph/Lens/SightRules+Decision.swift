/// What rules say of one twin or property, and which of them.
public struct SightDecision: Hashable, Sendable {
  /// Whether it is there.
  public let allows: Bool
  /// The rule that decided; `nil` when none spoke of it.
  public let rule: SightRule?

  /// Nothing was said against it.
  static let open = SightDecision(allows: true, rule: nil)
}

extension SightRules {
  /// What is taken for true of a neighbourhood when there is no twin that stands anywhere.
  public enum Absence: Sendable {
    /// The twin is to be made: it is in no neighbourhood, other than one of its own.
    case unborn
    /// The twin is gone, and where it stood is not known: a neighbourhood that hides counts, one that shows does not.
    case gone
  }

  /// What the rules say of a twin, or of a path of it, in one state; a lens before the graph counts for nothing.
  public func decision(_ twin: TwinRef, path: String? = nil, in graph: Graph) -> SightDecision {
    decision(Int(twin.slot), path: path, in: graph.state)
  }

  /// What the rules say of a twin by id that the graph does not have, had it a model.
  public func decision(
    _ id: String, model: String, path: String? = nil, in graph: Graph, _ absence: Absence
  ) -> SightDecision {
    let state = graph.state
    let index = state.tableOfModel[model] ?? state.tables.lastIndex { $0.layout.model == model }
    let layout =
      index.map { state.tables[$0].layout } ?? (try? graph.interface(model)).map {
        TableLayout($0, in: state.models)
      }
      ?? TableLayout(model: model, interface: nil, fields: [], components: [])
    return id.withBytes { bytes in
      decision(bytes, path, layout) { step, around in
        switch absence {
        case .unborn: neighbourhoods[around].twin == id
        case .gone: !step.allows
        }
      }
    }
  }

  func decision(_ slot: Int, path: String?, in state: GraphState) -> SightDecision {
    guard let page = state.twinIds.page(of: slot) else { return .open }
    let layout = state.tables[state.twins[slot].table].layout
    return page.withBytes(slot & 127) { id in
      decision(id, path, layout) { _, around in neighbourhoods[around].contains(slot, in: state) }
    }
  }

  private func decision(
    _ id: UnsafeBufferPointer<UInt8>, _ path: String?, _ layout: TableLayout,
    _ isIn: (SightStep, Int) -> Bool
  ) -> SightDecision {
    var steps: [SightStep]
    let program = program(for: layout)
    if let path {
      steps = layout.column(path).map { program.columns[$0] ?? program.twin } ?? self.steps(path, layout)
    } else {
      steps = program.twin
    }
    for step in steps where step.matches(id) {
      if let around = step.neighbourhood, !isIn(step, around) { continue }
      return SightDecision(allows: step.allows, rule: rules[step.rule])
    }
    return .open
  }
}
