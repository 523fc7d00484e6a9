import TwinGraph
import TwinModels

/// What a layer's features are.
public enum TileKind: UInt8, Sendable {
  /// Points.
  case point = 0
  /// Lines.
  case line
  /// Polygons on the ground.
  case area
  /// Polygons with a height.
  case prism
  /// Surfaces.
  case mesh

  /// Whether its features are polygons.
  var isArea: Bool { rawValue >= TileKind.area.rawValue }

  /// Its name in the API.
  public var name: String {
    switch self {
    case .point: "point"
    case .line: "line"
    case .area: "area"
    case .prism: "prism"
    case .mesh: "mesh"
    }
  }
}

/// Where a model keeps what its twins look like: columns of its table.
struct LayerPlan: Hashable, Sendable {
  let model: String
  let kind: TileKind
  let geometry: Int
  let height: Int?
  let base: Int?
  let mesh: Int?

  /// The columns that a feature's shape depends on.
  var columns: [Int] { [geometry] + [height, base, mesh].compactMap { $0 } }

  /// The plan of a table; `nil` for a model without a place.
  init?(_ layout: TableLayout) {
    guard !layout.isOrphaned else { return nil }
    func column(_ name: String) -> Int? {
      layout.column(name).flatMap { layout.fields[$0].kind.isNumber ? $0 : nil }
    }
    var best: (rank: Int, column: Int)?
    for (index, field) in layout.fields.enumerated() where field.component == nil {
      guard case .geospatial(let shape)? = field.schema?.kind else { continue }
      if shape.rank > best?.rank ?? -1 { best = (shape.rank, index) }
    }
    guard let best else { return nil }
    model = layout.model
    geometry = best.column
    let isArea = best.rank == GeospatialShape.polygon.rank
    height = isArea ? column("height") : nil
    base = isArea ? column("base") ?? column("elevation") : nil
    mesh = isArea ? layout.fields.firstIndex { $0.component == nil && MeshValue.fits($0.schema) } : nil
    switch best.rank {
    case 0: kind = .point
    case 1: kind = .line
    default: kind = mesh != nil ? .mesh : height != nil ? .prism : .area
    }
  }
}

extension GeospatialShape {
  /// Richer shapes have greater ranks.
  fileprivate var rank: Int {
    switch self {
    case .point, .multiPoint: 0
    case .lineString, .multiLineString: 1
    case .polygon, .multiPolygon: 2
    }
  }
}

extension ColumnKind {
  /// Whether values are numbers.
  var isNumber: Bool {
    switch self {
    case .int32, .int64, .uint64, .double: true
    case .bool, .choice, .text, .json: false
    }
  }
}

extension TablePage {
  /// The number in a row (0 to 127); `nil` where there is none.
  func number(_ column: Int, _ kind: ColumnKind, _ row: Int) -> Double? {
    let presence = presence(column)
    guard (row < 64 ? presence.0 >> UInt64(row) : presence.1 >> UInt64(row - 64)) & 1 != 0 else { return nil }
    switch kind {
    case .int32: return withValues(column, as: Int32.self) { Double($0[row]) }
    case .int64: return withValues(column, as: Int64.self) { Double($0[row]) }
    case .uint64: return withValues(column, as: UInt64.self) { Double($0[row]) }
    case .double: return withValues(column, as: Double.self) { $0[row] }
    case .bool, .choice, .text, .json: return nil
    }
  }

  /// Whether a row (0 to 127) holds a twin that has a value in a column.
  func has(_ column: Int, _ row: Int) -> Bool {
    let presence = presence(column)
    let word = row < 64 ? occupied.0 & presence.0 : occupied.1 & presence.1
    return word >> UInt64(row & 63) & 1 != 0
  }
}
