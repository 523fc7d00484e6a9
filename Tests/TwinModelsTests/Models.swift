import TwinModels
import TwinValues

/// Short ways to write models.
enum Models {
  /// An interface with members besides context, id and type.
  static func interface(
    _ version: Int = 3, _ members: String = "", id: String = "dtmi:test:thing;1", context: String = ""
  ) -> String {
    let contexts =
      context.isEmpty ? "\"dtmi:dtdl:context;\(version)\"" : "[\"dtmi:dtdl:context;\(version)\", \(context)]"
    let rest = members.isEmpty ? "" : ", \(members)"
    return "{\"@context\": \(contexts), \"@id\": \"\(id)\", \"@type\": \"Interface\"\(rest)}"
  }

  /// An interface with contents.
  static func contents(
    _ contents: String, _ version: Int = 3, id: String = "dtmi:test:thing;1", context: String = ""
  ) -> String {
    interface(version, "\"contents\": [\(contents)]", id: id, context: context)
  }

  /// A property with a schema.
  static func property(_ name: String, _ schema: String = "\"double\"", _ members: String = "") -> String {
    let rest = members.isEmpty ? "" : ", \(members)"
    return "{\"@type\": \"Property\", \"name\": \"\(name)\", \"schema\": \(schema)\(rest)}"
  }

  /// A set of models.
  static func set(_ documents: String..., options: ModelOptions = ModelOptions()) throws(NuriError)
    -> ModelSet
  {
    try ModelSet.empty.adding(documents.map { Array($0.utf8) }, options: options)
  }

  /// Nested schemas, so many levels deep.
  static func nested(_ levels: Int, _ version: Int = 3) -> String {
    var schema = "\"double\""
    for _ in 0..<levels { schema = "{\"@type\": \"Array\", \"elementSchema\": \(schema)}" }
    return contents("{\"@type\": \"Telemetry\", \"name\": \"deep\", \"schema\": \(schema)}", version)
  }

  /// A chain of interfaces, each extending the one before.
  static func chain(_ links: Int, _ version: Int = 3) -> [String] {
    (0...links).map { link in
      let base = link == 0 ? "" : "\"extends\": \"dtmi:test:link\(link - 1);1\""
      return interface(version, base, id: "dtmi:test:link\(link);1")
    }
  }

  static func dtmi(_ text: String) -> DTMI {
    do { return try DTMI(text) } catch { preconditionFailure("\(error)") }
  }
}
