import TwinValues

/// What it takes to bring a graph back to where a batch of changes began.
///
/// Keeping a copy of the graph would do the same, but then every page the batch writes would be copied first:
/// four fifths of the cost of an update. Patches, new twins and new relationships are undone one by one; before
/// any other change the journal does keep a copy, which also stands for everything after it.
public struct UndoJournal: Sendable {
  enum Step: Sendable {
    case twin(slot: Int, TwinRecord)
    case cell(table: Int, column: Int, row: Int, Value?, time: Int64)
    case newTwin(slot: Int)
    case newRelationship(slot: Int, previous: UInt64)
    case everything(Graph)
  }

  private(set) var steps: [Step] = []
  private(set) var isRecording: Bool

  /// An empty journal.
  /// - Parameter isRecording: whether it will be asked to undo anything.
  public init(isRecording: Bool = true) { self.isRecording = isRecording }

  @inline(__always)
  mutating func add(_ step: @autoclosure () -> Step) {
    if isRecording { steps.append(step()) }
  }

  /// Keeps the whole graph; later steps need no entry of their own.
  mutating func keep(_ graph: Graph) {
    guard isRecording else { return }
    steps.append(.everything(graph))
    isRecording = false
  }
}

extension Graph {
  /// Brings the graph back to where the journal began. Every change since must have gone into it.
  ///
  /// The contents are the same as then; tables and relationship names that were made on the way stay, empty.
  public mutating func undo(_ journal: UndoJournal) {
    for step in journal.steps.reversed() {
      if case .everything(let graph) = step {
        self = graph
        continue
      }
      own()
      state.undo(step)
    }
  }
}

extension GraphState {
  fileprivate func undo(_ step: UndoJournal.Step) {
    switch step {
    case .twin(let slot, let record): twins.update(slot) { $0 = record }
    case .cell(let index, let column, let row, let value, let time):
      let table = writableTable(index)
      if let value {
        _ = table.columns[column].set(row, value, time: time)
      } else {
        table.columns[column].clear(row)
      }
    case .newTwin(let slot): removeNewestTwin(slot)
    case .newRelationship(let slot, let previous):
      let source = Int(relationships[slot].source)
      removeRelationship(slot)
      links.update(source) { $0.relationSequence = previous }
    case .everything: break
    }
  }

  /// Takes away the twin in the last slot as though it had never been.
  private func removeNewestTwin(_ slot: Int) {
    let record = twins[slot]
    writableTable(record.table).removeRow(Int(record.row))
    if let page = twinIds.page(of: slot) {
      page.withBytes(slot & 127) { twinIndex.remove(hashBytes($0), slot) }
    }
    twinIds.clear(slot)
    twins.removeLast()
    links.removeLast()
    twinCount -= 1
  }
}
