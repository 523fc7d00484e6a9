import TwinValues

/// Writes a tile as a binary glTF 2.0 file with the extensions EXT_mesh_features and EXT_structural_metadata: every
/// vertex knows its twin, every twin its id and numbers.
struct GLBWriter {
  /// A number of every feature.
  struct Column {
    let path: String
    /// Not a number where there is none.
    let values: [Double]
  }

  /// What stands for a number that is not there.
  static let noData = -Double.greatestFiniteMagnitude

  private var data: [UInt8] = []
  private var views: [(offset: Int, length: Int, target: Int?)] = []
  private var accessors: [(view: Int, component: Int, count: Int, type: String, bounds: [[Float]])] = []

  /// - Parameter ids: the twins' ids, in the order of features.
  static func file(_ model: TileModel, ids: [String], columns: [Column], layer: String) -> [UInt8] {
    var writer = GLBWriter()
    return writer.write(model, ids, columns, layer)
  }

  private mutating func view(_ bytes: UnsafeRawBufferPointer, target: Int? = nil) -> Int {
    while data.count % 8 != 0 { data.append(0) }
    views.append((data.count, bytes.count, target))
    data.append(contentsOf: bytes)
    return views.count - 1
  }

  private mutating func view(_ values: [some BitwiseCopyable], target: Int? = nil) -> Int {
    values.withUnsafeBytes { view($0, target: target) }
  }

  private mutating func accessor(
    _ values: [some BitwiseCopyable], _ component: Int, _ type: String, parts: Int, target: Int,
    bounds: [[Float]] = []
  ) -> Int {
    let view = view(values, target: target)
    accessors.append((view, component, values.count / parts, type, bounds))
    return accessors.count - 1
  }

  private mutating func write(
    _ model: TileModel, _ ids: [String], _ columns: [Column], _ layer: String
  ) -> [UInt8] {
    let (vertices, elements, float, word) = (34962, 34963, 5126, 5125)
    let position = accessor(
      model.positions, float, "VEC3", parts: 3, target: vertices, bounds: bounds(model.positions))
    let normal =
      model.mode == .triangles
      ? accessor(model.normals, float, "VEC3", parts: 3, target: vertices) : nil
    let feature = accessor(model.features, float, "SCALAR", parts: 1, target: vertices)
    let index = accessor(model.indices, word, "SCALAR", parts: 1, target: elements)
    var offsets: [UInt32] = [0]
    var text: [UInt8] = []
    for id in ids {
      text += Array(id.utf8)
      offsets.append(UInt32(text.count))
    }
    let (idText, idOffsets) = (view(text), view(offsets))
    let numbers = columns.map { column in view(column.values.map { $0.isNaN ? GLBWriter.noData : $0 }) }
    while data.count % 8 != 0 { data.append(0) }
    var json = JSONWriter(reserving: 4096)
    json.object { root in
      root.member("asset") {
        $0.text("version", "2.0")
        $0.text("generator", "Nuri")
      }
      root.key("extensionsUsed")
      root.strings(["EXT_mesh_features", "EXT_structural_metadata"])
      root.number("scene", 0)
      root.list("scenes") { $0.object { $0.numbers("nodes", [0]) } }
      root.list("nodes") { $0.object { $0.number("mesh", 0) } }
      root.list("meshes") { meshes in
        meshes.object { mesh in
          mesh.list("primitives") { primitives in
            primitives.object { primitive in
              primitive.number("mode", model.mode.rawValue)
              primitive.number("indices", index)
              primitive.number("material", 0)
              primitive.member("attributes") { attributes in
                attributes.number("POSITION", position)
                if let normal { attributes.number("NORMAL", normal) }
                attributes.number("_FEATURE_ID_0", feature)
              }
              primitive.member("extensions") { $0.featureIds(ids.count) }
            }
          }
        }
      }
      root.list("materials") { $0.material() }
      root.member("extensions") {
        $0.metadata(layer, ids.count, columns.map(\.path), idText, idOffsets, numbers)
      }
      describe(&root)
    }
    return container(json.bytes)
  }

  private func bounds(_ positions: [Float]) -> [[Float]] {
    guard !positions.isEmpty else { return [] }
    func parts(_ pick: (Float, Float) -> Float) -> [Float] {
      (0..<3).map { part in
        stride(from: part, to: positions.count, by: 3).reduce(positions[part]) { pick($0, positions[$1]) }
      }
    }
    return [parts(min), parts(max)]
  }

  private func describe(_ root: inout JSONWriter) {
    root.list("accessors") { list in
      for each in accessors {
        list.object { accessor in
          accessor.number("bufferView", each.view)
          accessor.number("componentType", each.component)
          accessor.number("count", each.count)
          accessor.text("type", each.type)
          for (name, bound) in zip(["min", "max"], each.bounds) {
            accessor.doubles(name, bound.map(Double.init))
          }
        }
      }
    }
    root.list("bufferViews") { list in
      for each in views {
        list.object { view in
          view.number("buffer", 0)
          view.number("byteOffset", each.offset)
          view.number("byteLength", each.length)
          if let target = each.target { view.number("target", target) }
        }
      }
    }
    root.list("buffers") { $0.object { $0.number("byteLength", data.count) } }
  }

  /// The two chunks behind their header (glTF 2.0, §4.4).
  private func container(_ json: [UInt8]) -> [UInt8] {
    // The header and the chunks' heads have 28 bytes; 3D Tiles wants contents of a multiple of 8.
    let text = json + [UInt8](repeating: 0x20, count: (8 - (28 + json.count) % 8) % 8)
    var out: [UInt8] = []
    func append(_ word: Int) { withUnsafeBytes(of: UInt32(word).littleEndian) { out.append(contentsOf: $0) } }
    out.reserveCapacity(28 + text.count + data.count)
    for word in [0x4654_6c67, 2, 28 + text.count + data.count, text.count, 0x4e4f_534a] { append(word) }
    out += text
    for word in [data.count, 0x004e_4942] { append(word) }
    return out + data
  }
}

extension JSONWriter {
  fileprivate mutating func featureIds(_ count: Int) {
    member("EXT_mesh_features") { features in
      features.list("featureIds") {
        $0.object {
          $0.number("featureCount", count)
          $0.number("attribute", 0)
          $0.number("propertyTable", 0)
        }
      }
    }
  }

  fileprivate mutating func material() {
    object { material in
      material.member("pbrMetallicRoughness") {
        $0.doubles("baseColorFactor", [0.8, 0.8, 0.8, 1])
        $0.number("metallicFactor", 0)
        $0.number("roughnessFactor", 1)
      }
      material.key("doubleSided")
      material.bool(true)
    }
  }

  fileprivate mutating func metadata(
    _ layer: String, _ count: Int, _ paths: [String], _ idText: Int, _ idOffsets: Int, _ numbers: [Int]
  ) {
    let names = paths.map { String($0.map { $0 == "." ? "_" : $0 }) }
    member("EXT_structural_metadata") { metadata in
      metadata.member("schema") { schema in
        schema.text("id", "nuri")
        schema.member("classes") { classes in
          classes.member("twin") { twin in
            twin.text("name", layer)
            twin.member("properties") { properties in
              properties.member("id") {
                $0.text("type", "STRING")
                $0.key("required")
                $0.bool(true)
              }
              for (name, path) in zip(names, paths) where name != "id" {
                properties.member(name) {
                  $0.text("name", path)
                  $0.text("type", "SCALAR")
                  $0.text("componentType", "FLOAT64")
                  $0.key("noData")
                  $0.double(GLBWriter.noData)
                }
              }
            }
          }
        }
      }
      metadata.list("propertyTables") { tables in
        tables.object { table in
          table.text("class", "twin")
          table.number("count", count)
          table.member("properties") { properties in
            properties.member("id") {
              $0.number("values", idText)
              $0.number("stringOffsets", idOffsets)
              $0.text("stringOffsetType", "UINT32")
            }
            for (name, view) in zip(names, numbers) where name != "id" {
              properties.member(name) { $0.number("values", view) }
            }
          }
        }
      }
    }
  }
}
