public import TwinEngine
import TwinGraph
public import TwinValues

/// What an export of 3D Tiles came to.
public struct TilesetReport: Sendable {
  /// Twins written.
  public var features = 0
  /// Tiles written, each a file.
  public var tiles = 0
  /// Bytes of all files.
  public var bytes = 0
}

/// Writes what there is to draw of a state as 3D Tiles 1.1 (OGC 22-025r4): `tileset.json` and a binary glTF file for each
/// tile. Heights are over the ellipsoid as though the ground were at 0.
public struct TilesetExporter: Sendable {
  private let state: Snapshot
  private let index: TileIndex

  /// An exporter of a state, as whoever holds it sees it.
  public init(_ state: Snapshot) {
    self.state = state
    index = TileService(bodyBytes: 0).index(of: state)
  }

  /// Calls `file` with the path of each file under the folder, and its bytes; `tileset.json` comes last.
  /// - Throws: what `file` throws.
  public func write(
    progress: (TilesetReport) -> Void = { _ in }, _ file: (String, [UInt8]) throws(NuriError) -> Void
  ) throws(NuriError) -> TilesetReport {
    var report = TilesetReport()
    var layers: [Node] = []
    for layer in index.layers where !layer.tiles.isEmpty {
      guard let table = state.graph.table(ofModel: layer.model) else { continue }
      let folder = TilesetExporter.folder(layer.model)
      var children: [Node] = []
      for tile in layer.tiles {
        let (bytes, model, transform) = content(tile, layer, table)
        let name = "\(folder)/\(tile.x)_\(tile.y).glb"
        try file(name, bytes)
        children.append(Node(region: model.region, error: 0, content: name, transform: transform))
        report.features += tile.count
        report.tiles += 1
        report.bytes += bytes.count
        progress(report)
      }
      layers.append(Node(children: children, error: TilesetExporter.layerError))
    }
    let tileset = TilesetExporter.tileset(Node(children: layers, error: TilesetExporter.rootError))
    try file("tileset.json", tileset)
    report.bytes += tileset.count
    return report
  }

  /// Metres that are missing while no tile of a layer, or no layer, is shown.
  private static let layerError = 1_000.0
  private static let rootError = 4_000.0

  private func content(_ tile: Tile, _ layer: TileLayer, _ table: Int) -> ([UInt8], TileModel, [Double]) {
    let projection = LocalProjection(index.origin)
    var reader = FeatureReader(layer.plan, state.graph.layout(table: table), projection)
    reader.read(tile.rows.sorted(), of: state.graph, table: table)
    reader.store.sort()
    let side = Double(TileLimits.cellMetres)
    let centre = projection.position(x: (Double(tile.x) + 0.5) * side, y: (Double(tile.y) + 0.5) * side)
    let model = TileModel(layer.kind, reader.store, projection, centre: centre)
    var ids: [String] = []
    state.graph.forEachId(ofRows: tile.rows, table: table) { ids.append(String(decoding: $0, as: UTF8.self)) }
    let fields = state.graph.layout(table: table).fields
    let columns = fields.indices.filter { fields[$0].kind.isNumber }.map { column in
      GLBWriter.Column(path: fields[column].path, values: values(tile, table, column, fields[column].kind))
    }
    let bytes = GLBWriter.file(model, ids: ids, columns: columns, layer: layer.model)
    return (bytes, model, EarthFrame(centre).transform)
  }

  private func values(_ tile: Tile, _ table: Int, _ column: Int, _ kind: ColumnKind) -> [Double] {
    var values = [Double](repeating: .nan, count: tile.count)
    for (place, row) in tile.rows.enumerated() {
      state.graph.forEachPage(table: table, from: Int(row)) { page in
        values[place] = page.number(column, kind, Int(row) & 127) ?? .nan
        return false
      }
    }
    return values
  }

  /// `dtmi:nuri:yeoksam:Building;1` becomes `nuri-yeoksam-Building-1`.
  private static func folder(_ model: String) -> String {
    let name = model.hasPrefix("dtmi:") ? model.dropFirst(5) : model[...]
    return String(name.map { $0 == ":" || $0 == ";" ? "-" : $0 })
  }

  // MARK: The tree

  private struct Node {
    var region: EarthRegion
    let error: Double
    var content: String?
    var transform: [Double] = []
    var children: [Node] = []

    init(region: EarthRegion, error: Double, content: String, transform: [Double]) {
      self.region = region
      self.error = error
      self.content = content
      self.transform = transform
    }

    init(children: [Node], error: Double) {
      self.children = children
      self.error = error
      region = EarthRegion()
      for child in children { region.add(child.region) }
    }

    func write(to writer: inout JSONWriter) {
      writer.object { node in
        // Without anything in it a tile still needs a volume.
        node.member("boundingVolume") {
          $0.doubles("region", region.west <= region.east ? region.numbers : [0, 0, 0, 0, 0, 0])
        }
        node.key("geometricError")
        node.double(error)
        node.text("refine", "ADD")
        if !transform.isEmpty { node.doubles("transform", transform) }
        if let content { node.member("content") { $0.text("uri", content) } }
        if !children.isEmpty {
          node.list("children") { list in for child in children { child.write(to: &list) } }
        }
      }
    }
  }

  private static func tileset(_ root: Node) -> [UInt8] {
    var writer = JSONWriter(reserving: 1 << 16)
    writer.object { tileset in
      tileset.member("asset") { $0.text("version", "1.1") }
      tileset.key("geometricError")
      tileset.double(rootError)
      tileset.key("root")
      root.write(to: &tileset)
    }
    return writer.bytes
  }
}
