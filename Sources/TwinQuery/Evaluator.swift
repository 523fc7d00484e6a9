import TwinGraph
import TwinValues

/// Works out terms for one row at a time.
///
/// The row is `slots`: for each collection of the query the slot of its twin or relationship (for a difference,
/// the index of its row). Used by one execution, from one thread.
final class Evaluator {
  let graph: Graph
  let differences: [DifferenceRow]
  var slots: [UInt32]
  /// While a page is scanned: the page, the row in it, and whose twin that is. Spares finding it again.
  var page: TablePage?
  var pageFields: [TableLayout.Field] = []
  var pageRow = 0
  var pageCollection = 0
  /// The values of the group that is being worked out.
  var held: [Cell] = []
  private let document = JSONDocument()

  init(_ graph: Graph, collections: Int, differences: [DifferenceRow]) {
    self.graph = graph
    self.differences = differences
    slots = [UInt32](repeating: 0, count: collections)
  }

  /// Whether a condition holds; `nil` when it is undefined.
  func truth(_ term: Term) -> Bool? {
    switch term {
    case .not(let inner): return truth(inner).map { !$0 }
    case .all(let parts):
      var result: Bool? = true
      for part in parts {
        switch truth(part) {
        case false?: return false
        case nil: result = nil
        case true?: continue
        }
      }
      return result
    case .any(let parts):
      var result: Bool? = false
      for part in parts {
        switch truth(part) {
        case true?: return true
        case nil: result = nil
        case false?: continue
        }
      }
      return result
    case .compare(let comparison, let left, let right):
      return Cell.compare(comparison, cell(left), cell(right))
    case .member(let value, let list, let isNegated):
      let value = cell(value)
      if case .missing = value { return nil }
      return list.contains { Cell.compare(.equal, value, $0) == true } != isNegated
    case .isOfModel(let collection, let tables): return tables.contains(table(collection))
    case .call(let function, let arguments) where function.result == .truth:
      return call(function, arguments)
    default: return cell(term).truth
    }
  }

  /// What a term is worth.
  func cell(_ term: Term) -> Cell {
    switch term {
    case .constant(let cell): return cell
    case .path(let access): return cell(access)
    case .geometry: return .missing
    case .held(let index): return held[index]
    case .negate(let inner): return negated(cell(inner))
    case .arithmetic(let operation, let left, let right):
      return Self.arithmetic(operation, cell(left), cell(right))
    case .call(.distance, let arguments):
      guard let a = geometry(arguments[0]), let b = geometry(arguments[1]) else { return .missing }
      return .number(a.distanceMeters(to: b))
    case .call(.point, let arguments):
      guard let x = cell(arguments[0]).number, let y = cell(arguments[1]).number else { return .missing }
      var writer = JSONWriter()
      writer.point(x, y)
      return .value(.json(writer.bytes))
    case .not, .all, .any, .compare, .member, .isOfModel, .call: return .truth(truth(term))
    }
  }

  private func negated(_ cell: Cell) -> Cell {
    if case .value(.integer(let number)) = cell, number != .min { return .value(.integer(-number)) }
    return .number(cell.number.map { -$0 })
  }

  /// Integers stay integers while they fit, except in a division; what is no finite number is missing.
  static func arithmetic(_ operation: Arithmetic, _ a: Cell, _ b: Cell) -> Cell {
    if case .value(.integer(let x)) = a, case .value(.integer(let y)) = b {
      let (result, overflow) =
        switch operation {
        case .add: x.addingReportingOverflow(y)
        case .subtract: x.subtractingReportingOverflow(y)
        case .multiply: x.multipliedReportingOverflow(by: y)
        case .divide: (Int64(0), true)
        }
      if !overflow { return .value(.integer(result)) }
    }
    guard let x = a.number, let y = b.number else { return .missing }
    let result = operation.result(x, y)
    return result.isFinite ? .value(.double(result)) : .missing
  }

  // MARK: Paths

  @inline(__always)
  private func twin(_ collection: Int) -> TwinRef { graph.twin(number: slots[collection]) }

  private func table(_ collection: Int) -> Int { graph.table(of: twin(collection)) }

  func cell(_ access: PathAccess) -> Cell {
    switch access.kind {
    case .twin: return cell(access, twin(access.collection))
    case .relationship:
      guard let relationship = graph.relationship(slot: Int(slots[access.collection])) else {
        return .missing
      }
      return cell(access, relationship)
    case .difference:
      let index = Int(slots[access.collection])
      guard let step = access.steps.first else { return .difference(index) }
      return access.steps.count == 1 ? differences[index].cell(step) : .missing
    }
  }

  private func cell(_ access: PathAccess, _ twin: TwinRef) -> Cell {
    switch access.place(graph.table(of: twin), graph) {
    case .nothing: return .missing
    case .whole: return .twin(twin.slot)
    case .id: return .text(graph.id(of: twin))
    case .etag: return .text(ETag.text(graph.sequence(of: twin)))
    case .model: return .text(graph.model(of: twin))
    case .updated: return .text(graph.updated(twin).description)
    case .columnUpdated(let column):
      return graph.updated(twin, column: column).map { .text($0.description) } ?? .missing
    case .column(let column):
      if let page, pageCollection == access.collection { return cell(page, column) }
      return graph.value(twin, column: column).map { .value($0) } ?? .missing
    case .inside(let column, let steps):
      guard case .json(let json)? = graph.value(twin, column: column) else { return .missing }
      return inside(json, steps)
    case .component(let name):
      var writer = JSONWriter()
      return graph.writeComponent(name, of: twin, into: &writer) ? .value(.json(writer.bytes)) : .missing
    case .metadata(let component, let steps):
      var writer = JSONWriter()
      graph.writeMetadata(twin, graph.layout(of: twin), component: component, into: &writer)
      return steps.isEmpty ? .value(.json(writer.bytes)) : inside(writer.bytes, steps)
    }
  }

  /// A value of the page that is being scanned.
  private func cell(_ page: TablePage, _ column: Int) -> Cell {
    let row = pageRow
    guard Mask(page.presence(column))[row] else { return .missing }
    let value: Value? =
      switch pageFields[column].kind {
      case .bool: page.withValues(column, as: UInt8.self) { .bool($0[row] != 0) }
      case .int32: page.withValues(column, as: Int32.self) { .integer(Int64($0[row])) }
      case .int64: page.withValues(column, as: Int64.self) { .integer($0[row]) }
      case .uint64:
        page.withValues(column, as: UInt64.self) {
          Int64(exactly: $0[row]).map { .integer($0) } ?? .unsigned($0[row])
        }
      case .double: page.withValues(column, as: Double.self) { .double($0[row]) }
      case .choice: page.withValues(column, as: UInt32.self) { choice(column, $0[row]) } ?? nil
      case .text: page.withBytes(column, row) { .string(String(decoding: $0, as: UTF8.self)) }
      case .json: page.withBytes(column, row) { .json(Array($0)) }
      }
    return value.map { .value($0) } ?? .missing
  }

  private func choice(_ column: Int, _ index: UInt32) -> Value? {
    let choices = pageFields[column].choices
    return Int(index) < choices.count ? .string(choices[Int(index)]) : nil
  }

  private func cell(_ access: PathAccess, _ relationship: RelationshipRef) -> Cell {
    guard let first = access.steps.first else { return .relationship(relationship.slot) }
    if first.hasPrefix("$") {
      guard access.steps.count == 1 else { return .missing }
      switch first {
      case "$relationshipId": return .text(graph.id(of: relationship))
      case "$relationshipName": return .text(graph.name(of: relationship))
      case "$sourceId": return .text(graph.id(of: graph.source(of: relationship)))
      case "$targetId": return .text(graph.id(of: graph.target(of: relationship)))
      case "$etag": return .text(ETag.text(graph.sequence(of: relationship)))
      default: return .missing
      }
    }
    let properties = graph.properties(of: relationship)
    return properties.isEmpty ? .missing : inside(properties, access.steps)
  }

  private func inside(_ json: [UInt8], _ steps: ArraySlice<String>) -> Cell {
    guard let root = parsed(json) else { return .missing }
    var node = root
    for step in steps {
      guard let next = node[step] else { return .missing }
      node = next
    }
    return Cell(node)
  }

  /// The root of a JSON text; good until the next one is parsed.
  func parsed(_ json: [UInt8]) -> JSONNode? { parsed(json.span.bytes) }

  func parsed(_ json: RawSpan) -> JSONNode? {
    do {
      try document.parse(json)
      return document.root
    } catch {
      return nil
    }
  }
}

extension Arithmetic {
  @inline(__always)
  func result(_ a: Double, _ b: Double) -> Double {
    switch self {
    case .add: a + b
    case .subtract: a - b
    case .multiply: a * b
    case .divide: a / b
    }
  }
}

extension JSONWriter {
  fileprivate mutating func point(_ longitude: Double, _ latitude: Double) {
    beginObject()
    key("type")
    string("Point")
    key("coordinates")
    beginArray()
    double(longitude)
    double(latitude)
    endArray()
    endObject()
  }
}
