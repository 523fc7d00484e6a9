public import TwinGraph
public import TwinValues

/// One page of a query's result.
public struct QueryPage: Sendable {
  /// The rows as JSON objects, one after another.
  public let bytes: [UInt8]
  /// Where each row lies in `bytes`.
  public let rows: [Range<Int>]
  /// The names of the columns, where SELECT names them; empty for `SELECT *` of one collection.
  public let columns: [String]
  /// The token that asks for the next page; `nil` on the last one.
  public let nextContinuation: String?
  /// Roughly how much work the page was, in the units of Azure's `query-charge`: 1 for asking, and as much
  /// again for each 1,000 twins looked at, 1,000 relationships followed, or 100 rows returned.
  public let queryCharge: Double
  /// The state that was asked; filled in by whoever had it.
  public var state: State?

  /// Which state of which world a page is of.
  public struct State: Hashable, Sendable {
    /// The world's name.
    public let world: String
    /// The last change it had seen.
    public let sequence: UInt64
    /// That change's recorded time.
    public let recorded: Instant

    /// Names a state.
    public init(world: String, sequence: UInt64, recorded: Instant) {
      self.world = world
      self.sequence = sequence
      self.recorded = recorded
    }
  }
  /// Columns in which values were looked for and that have no page filter yet: `Graph.addFilters` on the world's
  /// own graph makes the next such query look at few pages.
  public let filterRequests: Set<FilterRequest>

  /// The number of rows.
  public var count: Int { rows.count }

  /// A row as JSON.
  public func row(_ index: Int) -> ArraySlice<UInt8> { bytes[rows[index]] }

  /// The rows as one JSON array.
  public var json: [UInt8] {
    var json: [UInt8] = [UInt8(ascii: "[")]
    json.reserveCapacity(bytes.count + rows.count + 2)
    for (i, range) in rows.enumerated() {
      if i > 0 { json.append(UInt8(ascii: ",")) }
      json.append(contentsOf: bytes[range])
    }
    json.append(UInt8(ascii: "]"))
    return json
  }

  /// The rows as a table for people: columns, and for each row a value or `nil` where it has none.
  ///
  /// Whole twins and relationships of `SELECT *` are spread over columns without `$etag` and `$metadata`,
  /// a twin's model being called `$model`.
  public func table() -> (columns: [String], rows: [[Value?]]) {
    var names = columns
    var index: [String: Int] = [:]
    for (i, name) in names.enumerated() { index[name] = i }
    var table: [[Value?]] = []
    let document = JSONDocument()
    for range in rows {
      var cells = [Value?](repeating: nil, count: names.count)
      do {
        try document.parse(bytes[range].span.bytes)
      } catch {
        continue
      }
      for (name, node) in document.root.members {
        var name = name
        var node = node
        if columns.isEmpty, name == "$etag" { continue }
        if columns.isEmpty, name == "$metadata" {
          guard let model = node["$model"] else { continue }
          name = "$model"
          node = model
        }
        if index[name] == nil {
          index[name] = names.count
          names.append(name)
        }
        guard let at = index[name] else { continue }
        while cells.count <= at { cells.append(nil) }
        cells[at] = Value(node)
      }
      table.append(cells)
    }
    for i in table.indices { table[i] += [Value?](repeating: nil, count: names.count - table[i].count) }
    return (names, table)
  }
}
