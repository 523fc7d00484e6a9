import TwinEngine
import TwinGraph

/// An index with the state it was made for, as far as that is kept.
struct IndexEntry: Sendable {
  let index: TileIndex
  /// The world, sequence and number of twins of the last state it was found to be right for.
  let world: String
  let sequence: UInt64
  let twins: Int
  /// What tells pages that did not change, by model; empty for an index that is compared by fingerprints.
  var marks: [String: TableMark]

  init(_ result: IndexBuilder.Result, _ state: Snapshot) {
    index = result.index
    world = state.world
    sequence = state.sequence
    twins = state.graph.twinCount
    marks = result.marks
  }

  /// How many pages of a state it would have to look at again, counted up to a limit.
  func otherPages(_ graph: Graph, atMost limit: Int) -> Int {
    var count = 0
    for layer in index.layers {
      guard let mark = marks[layer.model], let table = graph.table(ofModel: layer.model) else {
        count += layer.pages.count
        continue
      }
      let pages = (graph.rowCount(table: table) + 127) >> 7
      count += abs(pages - layer.pages.count)
      graph.forEachPage(table: table, notHeldBy: mark, below: min(pages, layer.pages.count)) { _ in count += 1
      }
      if count >= limit { return limit }
    }
    return count
  }

  /// How far it is likely to be from a state, when nothing better is known.
  func distance(to state: Snapshot) -> UInt64 {
    let changes = sequence > state.sequence ? sequence - state.sequence : state.sequence - sequence
    let others = UInt64(abs(twins - state.graph.twinCount))
    return (world == state.world ? 0 : 1 << 62) + min(changes, 1 << 60) + min(others, 1 << 60)
  }
}
