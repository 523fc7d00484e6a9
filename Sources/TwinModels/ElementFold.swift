/// Computes something of every element below others, children first, without recursion, each element once.
struct ElementFold<Result> {
  private enum State {
    case open
    case done(Result)
  }

  private var states: [ObjectIdentifier: State] = [:]
  private let children: (ModelElement) -> [ModelElement]
  private let combine: (ModelElement, [Result]) -> Result
  /// Elements that were reached again from below themselves, in the order found.
  private(set) var recursive: [ModelElement] = []

  /// `combine` gets the results of the children; a child that lies above its parent is left out.
  init(
    children: @escaping (ModelElement) -> [ModelElement],
    combine: @escaping (ModelElement, [Result]) -> Result
  ) {
    self.children = children
    self.combine = combine
  }

  /// The result for an element.
  mutating func callAsFunction(_ root: ModelElement) -> Result? {
    var stack = [root]
    while let top = stack.last {
      let key = ObjectIdentifier(top)
      switch states[key] {
      case .done?: stack.removeLast()
      case nil:
        states[key] = .open
        for child in children(top) {
          switch states[ObjectIdentifier(child)] {
          case nil: stack.append(child)
          case .open?: recursive.append(child)
          case .done?: break
          }
        }
      case .open?:
        let results = children(top).compactMap { child -> Result? in
          if case .done(let result)? = states[ObjectIdentifier(child)] { result } else { nil }
        }
        states[key] = .done(combine(top, results))
        stack.removeLast()
      }
    }
    if case .done(let result)? = states[ObjectIdentifier(root)] { return result }
    return nil
  }
}
