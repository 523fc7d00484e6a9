import TwinGraph
import TwinValues

/// Where a path leads, worked out once a table.
///
/// The same name can be another column, of another type, in another model, so a path over twins is resolved
/// for each table it meets. Not shared between threads: each execution binds its own.
final class PathAccess {
  /// What a path means for the twins of one table.
  enum Place {
    case nothing
    case whole
    case id
    case etag
    case model
    /// When the twin last changed.
    case updated
    /// When a column was last written.
    case columnUpdated(Int)
    case column(Int)
    /// Something inside a column of JSON.
    case inside(Int, ArraySlice<String>)
    case component(String)
    /// `$metadata` or something inside it that is an object, of the twin or of a component.
    case metadata(String?, ArraySlice<String>)
  }

  let collection: Int
  let kind: Query.Collection.Kind
  let steps: ArraySlice<String>
  private var places: [Place?] = []

  init(_ path: Path, _ collection: Query.Collection) {
    self.collection = path.collection
    kind = collection.kind
    steps = path.steps
  }

  func place(_ table: Int, _ graph: Graph) -> Place {
    if table < places.count, let place = places[table] { return place }
    while places.count <= table { places.append(nil) }
    let place = Self.resolve(steps, graph.layout(table: table))
    places[table] = place
    return place
  }

  static func resolve(_ steps: ArraySlice<String>, _ layout: TableLayout) -> Place {
    guard let first = steps.first else { return .whole }
    let rest = steps.dropFirst()
    switch first {
    case "$dtId": return rest.isEmpty ? .id : .nothing
    case "$etag": return rest.isEmpty ? .etag : .nothing
    case "$metadata": return metadata(rest, component: nil, layout)
    default: break
    }
    if layout.components.contains(first) {
      guard let second = rest.first else { return .component(first) }
      if second == "$metadata" { return metadata(rest.dropFirst(), component: first, layout) }
      return column("\(first).\(second)", rest.dropFirst(), layout)
    }
    return column(first, rest, layout)
  }

  private static func column(_ path: String, _ rest: ArraySlice<String>, _ layout: TableLayout) -> Place {
    guard let column = layout.column(path) else { return .nothing }
    if rest.isEmpty { return .column(column) }
    return layout.fields[column].kind == .json ? .inside(column, rest) : .nothing
  }

  private static func metadata(
    _ rest: ArraySlice<String>, component: String?, _ layout: TableLayout
  ) -> Place {
    guard let first = rest.first else { return .metadata(component, rest) }
    let more = rest.dropFirst()
    if component == nil, more.isEmpty {
      if first == "$model" { return .model }
      if first == "$lastUpdateTime" { return .updated }
    }
    let path = component.map { "\($0).\(first)" } ?? first
    if let column = layout.column(path), more.count == 1, more.first == "lastUpdateTime" {
      return .columnUpdated(column)
    }
    return .metadata(component, rest)
  }
}
