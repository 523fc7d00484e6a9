import TwinValues

/// The models of what CityJSON files hold: one for every type of object, all with the same properties.
enum CityModels {
  static let base = "dtmi:nuri:city:CityObject;1"

  /// The model of a type such as `Building` or `+NoiseBuilding`; `nil` for what is no name of a type.
  static func id(ofType type: String) -> String? {
    let name = type.hasPrefix("+") ? type.dropFirst() : type[...]
    guard let first = name.utf8.first, (first | 0x20) &- 97 < 26, name.utf8.count <= 64,
      name.utf8.allSatisfy({ ($0 | 0x20) &- 97 < 26 || $0 &- 48 < 10 }), name != "CityObject"
    else { return nil }
    return "dtmi:nuri:city:\(name);1"
  }

  /// The model that the others extend.
  static let baseText = """
    {"@context":["dtmi:dtdl:context;3","dtmi:dtdl:extension:quantitativeTypes;1"],"@id":"\(base)",
    "@type":"Interface","displayName":{"en":"City object","ko":"도시 객체"},"contents":[
    {"@type":"Property","name":"footprint","displayName":{"en":"Footprint","ko":"윤곽"},
     "schema":"multiPolygon","writable":true},
    {"@type":["Property","Length"],"name":"height","displayName":{"en":"Height","ko":"높이"},
     "schema":"double","unit":"metre","writable":true},
    {"@type":["Property","Length"],"name":"base","displayName":{"en":"Lowest point","ko":"가장 낮은 곳"},
     "schema":"double","unit":"metre","writable":true},
    {"@type":"Property","name":"lod","displayName":{"en":"Level of detail","ko":"상세 수준"},
     "schema":"double","writable":true},
    {"@type":"Property","name":"solid","displayName":{"en":"Surfaces","ko":"표면"},"schema":{"@type":"Object",
     "fields":[{"name":"vertices","schema":{"@type":"Array","elementSchema":"double"}},
     {"name":"surfaces","schema":{"@type":"Array","elementSchema":{"@type":"Array","elementSchema":
      {"@type":"Array","elementSchema":"integer"}}}}]},"writable":true},
    {"@type":"Property","name":"attributes","displayName":{"en":"Attributes","ko":"속성값"},
     "schema":{"@type":"Map","mapKey":{"name":"name","schema":"string"},
     "mapValue":{"name":"value","schema":"string"}},"writable":true},
    {"@type":"Relationship","name":"partOf","displayName":{"en":"Part of","ko":"소속"},"target":"\(base)"}]}
    """

  /// The model of a type.
  static func text(_ id: String) -> String {
    let name = id.dropFirst("dtmi:nuri:city:".count).dropLast(2)
    return
      #"{"@context":"dtmi:dtdl:context;3","@id":"\#(id)","@type":"Interface","displayName":"\#(name)","extends":"\#(base)"}"#
  }
}
