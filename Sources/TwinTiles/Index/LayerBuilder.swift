import TwinGraph
import TwinIdentity

/// Makes one layer of a state from what is known of the same layer in another state: only squares whose twins look
/// different are made again. From nothing is the same, with everything different.
struct LayerBuilder {
  let graph: Graph
  let table: Int
  let known: TileLayer?
  let mark: TableMark?
  private let plan: LayerPlan
  private var reader: FeatureReader
  private var writer = TileWriter()
  /// Bodies that were made on the way.
  private(set) var bodies: [(hash: String, bytes: [UInt8])] = []

  init(
    _ graph: Graph, table: Int, _ plan: LayerPlan, _ projection: LocalProjection, known: TileLayer?,
    mark: TableMark?
  ) {
    self.graph = graph
    self.table = table
    self.plan = plan
    self.known = known
    self.mark = mark
    reader = FeatureReader(plan, graph.layout(table: table), projection)
  }

  /// The layer; `nil` when it is what was known.
  mutating func layer() -> TileLayer? {
    let count = (graph.rowCount(table: table) + 127) >> 7
    var pages = known?.pages ?? []
    var dirty: Set<Cell> = []
    // Rows that look different, by square: where each was, and where it is.
    var gone: [Cell: Set<UInt32>] = [:]
    var isSame = pages.count == count
    if pages.count > count {
      for page in count..<pages.count { leave(pages[page], page, &gone, &dirty) }
      pages.removeLast(pages.count - count)
    }
    while pages.count < count { pages.append(.empty) }
    for page in pagesToLookAt(count) where look(page, &pages[page], &gone, &dirty) { isSame = false }
    if isSame, known != nil { return nil }
    readRest(of: dirty, gone)
    return TileLayer(plan: plan, tiles: tiles(dirty), pages: pages)
  }

  /// Pages that may be others than they were.
  private func pagesToLookAt(_ count: Int) -> [Int] {
    let before = min(known?.pages.count ?? 0, count)
    var pages: [Int] = []
    if let mark {
      graph.forEachPage(table: table, notHeldBy: mark, below: before) { pages.append($0) }
    } else {
      pages = Array(0..<before)
    }
    return pages + Array(before..<count)
  }

  private func leave(
    _ print: PagePrint, _ page: Int, _ gone: inout [Cell: Set<UInt32>], _ dirty: inout Set<Cell>
  ) {
    for row in 0..<128 {
      guard let cell = print.cells[row] else { continue }
      gone[cell, default: []].insert(UInt32(page << 7 + row))
      dirty.insert(cell)
    }
  }

  /// Looks at a page again. Returns whether anything looks different.
  private mutating func look(
    _ index: Int, _ print: inout PagePrint, _ gone: inout [Cell: Set<UInt32>], _ dirty: inout Set<Cell>
  ) -> Bool {
    var prints = [UInt64](repeating: 0, count: 128)
    var cells = print.cells
    let old = print
    var isDifferent = false
    var isThere = false
    graph.forEachPage(table: table, from: index << 7) { page in
      isThere = true
      guard page.firstRow == index << 7 else { return false }
      // Rows past the end of the table hold nothing, whatever they held in the other state.
      for row in 0..<128 {
        if page.has(plan.geometry, row) { prints[row] = fingerprint(page, row) }
        guard prints[row] != old.prints[row] else { continue }
        isDifferent = true
        if let cell = old.cells[row] {
          gone[cell, default: []].insert(UInt32(page.firstRow + row))
          dirty.insert(cell)
        }
        cells[row] = prints[row] == 0 ? nil : reader.read(page, row)
        if let cell = cells[row] { dirty.insert(cell) }
      }
      return false
    }
    if !isThere, old.prints.contains(where: { $0 != 0 }) {
      leave(old, index, &gone, &dirty)
      cells = PagePrint.empty.cells
      isDifferent = true
    }
    if isDifferent { print = PagePrint(prints: prints, cells: cells) }
    return isDifferent
  }

  private func fingerprint(_ page: TablePage, _ row: Int) -> UInt64 {
    var hasher = Hasher()
    graph.withId(ofSlot: page.twins[row]) { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    for column in [plan.geometry, plan.mesh].compactMap({ $0 }) where page.has(column, row) {
      _ = page.withBytes(column, row) { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
    let fields = graph.layout(table: table).fields
    for column in [plan.height, plan.base].compactMap({ $0 }) {
      hasher.combine(page.number(column, fields[column].kind, row))
    }
    let print = UInt64(bitPattern: Int64(hasher.finalize()))
    return print == 0 ? 1 : print
  }

  /// Reads the twins of dirty squares that look as they did.
  private mutating func readRest(of dirty: Set<Cell>, _ gone: [Cell: Set<UInt32>]) {
    var rows: [UInt32] = []
    for tile in known?.tiles ?? [] where dirty.contains(tile.cell) {
      let changed = gone[tile.cell] ?? []
      rows += tile.rows.filter { !changed.contains($0) }
    }
    rows.sort()
    reader.read(rows, of: graph, table: table)
  }

  /// The tiles: those known whose squares are clean, and new ones.
  private mutating func tiles(_ dirty: Set<Cell>) -> [Tile] {
    var tiles = (known?.tiles ?? []).filter { !dirty.contains($0.cell) }
    reader.store.sort()
    var start = 0
    let features = reader.store.features
    while start < features.count {
      var end = start
      while end < features.count, features[end].cell == features[start].cell { end += 1 }
      tiles.append(tile(features[start..<end]))
      start = end
    }
    return tiles.sorted { $0.cell < $1.cell }
  }

  private mutating func tile(_ features: ArraySlice<Feature>) -> Tile {
    let cell = features[features.startIndex].cell
    let bytes = writer.tile(plan.kind, cell, features, reader.store)
    let rows = features.map(\.row)
    var hash = SHA256()
    hash.update(bytes)
    graph.forEachId(ofRows: rows, table: table) { id in
      withUnsafeBytes(of: UInt32(id.count).littleEndian) { hash.update($0) }
      hash.update(UnsafeRawBufferPointer(id))
    }
    let (low, high) = reader.store.heights(features)
    let tile = Tile(
      cell: cell, hash: hash.finish(), bytes: bytes.count, low: Double(low) / TileLimits.quantaPerMetre,
      high: Double(high) / TileLimits.quantaPerMetre, rows: rows)
    bodies.append((tile.hash, bytes))
    return tile
  }
}

extension FeatureReader {
  /// Reads rows, given in order.
  mutating func read(_ rows: [UInt32], of graph: Graph, table: Int) {
    var next = 0
    while next < rows.count {
      let first = Int(rows[next]) & ~127
      graph.forEachPage(table: table, from: first) { page in
        guard page.firstRow == first else { return false }
        while next < rows.count, Int(rows[next]) & ~127 == first {
          _ = read(page, Int(rows[next]) & 127)
          next += 1
        }
        return false
      }
      // A page that is not there has nothing to read.
      while next < rows.count, Int(rows[next]) & ~127 == first { next += 1 }
    }
  }

  /// A tile's bytes again, from the rows it was made of.
  static func bytes(
    of tile: Tile, _ plan: LayerPlan, _ graph: Graph, table: Int, _ projection: LocalProjection
  ) -> [UInt8] {
    var reader = FeatureReader(plan, graph.layout(table: table), projection)
    reader.read(tile.rows.sorted(), of: graph, table: table)
    reader.store.sort()
    var writer = TileWriter()
    return writer.tile(plan.kind, tile.cell, reader.store.features[...], reader.store)
  }
}

extension FeatureStore {
  /// Puts features in the order of tiles: by square, the biggest first, rows last.
  mutating func sort() {
    features.sort { a, b in
      if a.cell != b.cell { return a.cell < b.cell }
      return a.order != b.order ? a.order < b.order : a.row < b.row
    }
  }

  /// The lowest and the highest point of some features, in quanta over ground.
  func heights(_ features: ArraySlice<Feature>) -> (low: Int32, high: Int32) {
    var low = Int32.max
    var high = Int32.min
    for feature in features {
      low = min(low, feature.base)
      high = max(high, feature.top)
      for vertex in feature.vertices {
        low = min(low, vertices[vertex].z)
        high = max(high, vertices[vertex].z)
      }
    }
    return (low, high)
  }
}

extension Graph {
  /// Calls `body` with the id of each of some rows' twins, in their order.
  func forEachId(ofRows rows: [UInt32], table: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    for row in rows {
      withId(ofRow: Int(row), table: table) { body($0) }
    }
  }
}
