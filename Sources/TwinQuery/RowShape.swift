import TwinGraph
import TwinValues

/// What a row of the result looks like: the shapes of Azure Digital Twins.
struct RowShape {
  struct Column {
    var name: String
    var term: Term
  }

  /// The names and values of the row's members; empty when the row is one twin or relationship as it is.
  var columns: [Column]

  init(_ query: Query, _ binder: Binder) {
    if query.selectsAll {
      let named = query.collections.enumerated().filter { $0.element.name != nil }
      // Without JOIN and MATCH a row is the twin itself; with them it has a member for each name.
      if query.collections.count == 1 || named.isEmpty {
        columns = []
      } else {
        columns = named.map { index, collection in
          let path = Path(parts: [], isBare: true, collection: index, spot: Spot(offset: 0))
          return Column(name: collection.name ?? "", term: .path(PathAccess(path, collection)))
        }
      }
      return
    }
    columns = []
    var taken: Set<String> = []
    for item in query.selection {
      let wanted = item.alias ?? Self.name(item.expression)
      var name = wanted
      var number = 2
      while !taken.insert(name).inserted {
        name = "\(wanted)_\(number)"
        number += 1
      }
      columns.append(Column(name: name, term: binder.term(item.expression)))
    }
  }

  /// The name of a column without an alias.
  private static func name(_ expression: Expression) -> String {
    switch expression {
    case .path(let path): path.parts.last ?? ""
    case .aggregate(let aggregate, _, _): aggregate.rawValue
    default: expression.text()
    }
  }

  /// Writes the evaluator's row. What is missing is left out.
  func write(_ evaluator: Evaluator, _ query: Query, into writer: inout JSONWriter) {
    guard !columns.isEmpty else {
      let slot = evaluator.slots[0]
      switch query.collections[0].kind {
      case .twin: evaluator.graph.writeTwin(evaluator.graph.twin(number: slot), into: &writer)
      case .relationship: evaluator.write(.relationship(slot), into: &writer)
      case .difference: evaluator.write(.difference(Int(slot)), into: &writer)
      }
      return
    }
    writer.beginObject()
    for column in columns {
      let cell = evaluator.cell(column.term)
      if case .missing = cell { continue }
      writer.key(column.name)
      evaluator.write(cell, into: &writer)
    }
    writer.endObject()
  }
}

extension Evaluator {
  func write(_ cell: Cell, into writer: inout JSONWriter) {
    switch cell {
    case .missing, .null: writer.null()
    case .value(let value): writer.value(value)
    case .twin(let slot): graph.writeTwin(graph.twin(number: slot), into: &writer)
    case .relationship(let slot):
      if let relationship = graph.relationship(slot: Int(slot)) {
        graph.writeRelationship(relationship, into: &writer)
      } else {
        writer.null()
      }
    case .difference(let index): differences[index].write(into: &writer)
    }
  }
}
