public import TwinEngine
import TwinGraph
import TwinModels
public import TwinValues

/// Tiles and values of the states of a data folder's worlds, for whoever sees them.
///
/// What it is asked about is a state as a session gives it, behind its lens: tiles hold what that somebody may see, and
/// a tile is given out only when it is in the index of just that state. Indexes and tiles are kept within
/// `TileLimits`, and an index is made from the nearest one known. Any thread; calls may take seconds for a large
/// state, so none of them belongs on an event loop.
///
/// `@unchecked Sendable`: `entries` and `bodies` are touched only while holding `lock`.
public final class TileService: @unchecked Sendable {
  private let lock = Lock()
  /// Held while an index is made: a second reader of the same state waits and finds it.
  private let building = Lock()
  /// The one used last first.
  private var entries: [IndexEntry] = []
  private var bodies: BodyCache

  /// A service that knows nothing yet.
  /// - Parameter bodyBytes: bytes of tiles to keep; others are made again when they are asked for.
  public init(bodyBytes: Int = TileLimits.bodyBytes) { bodies = BodyCache(limit: bodyBytes) }

  /// What there is to draw of a state.
  public func index(of state: Snapshot) -> TileIndex {
    building.withLock {
      let known = nearest(to: state, among: lock.withLock { entries })
      let result = IndexBuilder.build(state.graph, from: known)
      lock.withLock { keep(result, state) }
      return result.index
    }
  }

  private func keep(_ result: IndexBuilder.Result, _ state: Snapshot) {
    entries.removeAll { $0.index === result.index && $0.world == state.world }
    entries.insert(IndexEntry(result, state), at: 0)
    for index in entries.indices.dropFirst(TileLimits.markedStates) { entries[index].marks = [:] }
    if entries.count > TileLimits.indexes { entries.removeLast() }
    for (hash, bytes) in result.bodies { bodies.keep(hash, bytes) }
  }

  /// The index of the nearest state: of those whose pages are known the one with the fewest other pages, when they are
  /// few; else of the same world if there is one, with as many twins and as few changes between as can be.
  private func nearest(to state: Snapshot, among entries: [IndexEntry]) -> IndexEntry? {
    var best: (entry: IndexEntry, pages: Int)?
    for entry in entries where !entry.marks.isEmpty {
      let pages = entry.otherPages(state.graph, atMost: best?.pages ?? TileLimits.fewPages)
      if pages < best?.pages ?? TileLimits.fewPages { best = (entry, pages) }
      if pages == 0 { break }
    }
    return best?.entry ?? entries.min { $0.distance(to: state) < $1.distance(to: state) }
  }

  /// A tile's bytes; `nil` when the state has no such tile.
  public func tile(_ hash: String, of state: Snapshot) -> [UInt8]? {
    let index = index(of: state)
    guard let (layer, tile) = index.find(hash) else { return nil }
    if let bytes = lock.withLock({ bodies[hash] }) { return bytes }
    guard let table = state.graph.table(ofModel: layer.model) else { return nil }
    let bytes = FeatureReader.bytes(
      of: tile, layer.plan, state.graph, table: table, LocalProjection(index.origin))
    lock.withLock { bodies.keep(hash, bytes) }
    return bytes
  }

  /// The ids of a tile's twins in its order, as a JSON array; `nil` when the state has no such tile.
  public func ids(_ hash: String, of state: Snapshot) -> [UInt8]? {
    guard let (layer, tile) = index(of: state).find(hash),
      let table = state.graph.table(ofModel: layer.model)
    else { return nil }
    var writer = JSONWriter(reserving: 24 * tile.count)
    writer.beginArray()
    state.graph.forEachId(ofRows: tile.rows, table: table) {
      writer.string(String(decoding: $0, as: UTF8.self))
    }
    writer.endArray()
    return writer.bytes
  }

  /// A property's values for a whole layer.
  /// - Throws: `NuriError` with code `modelNotFound` when there is nothing to draw of the model, or
  ///   `propertyNotDeclared` for a property that the model has not or that is no number.
  public func values(model: String, path: String, of state: Snapshot) throws(NuriError) -> [UInt8] {
    let index = index(of: state)
    guard let layer = index.layers.first(where: { $0.model == model && !$0.tiles.isEmpty }),
      let table = state.graph.table(ofModel: model)
    else {
      throw NuriError(
        .modelNotFound, "There is nothing to draw of the model \"\(model)\".",
        advice: "The index of tiles lists the layers there are.")
    }
    let layout = state.graph.layout(table: table)
    guard let column = layout.column(path), layout.fields[column].kind.isNumber else {
      throw NuriError(
        .propertyNotDeclared, "The model \(model) has no number \"\(path)\".",
        advice: "The index of tiles lists each layer's properties.")
    }
    return ValueReader.bytes(layer, state.graph, table: table, column: column)
  }
}
