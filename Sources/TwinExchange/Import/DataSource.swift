public import TwinEngine
import TwinGraph
public import TwinValues

/// Whose data a world holds: a twin for each source. Being twins, sources are in the world's past, forks and exports, and
/// whoever shows the world can ask it for them.
public enum DataSource {
  /// The model of such twins. What is to be shown with the data is its property `attribution`.
  public static let model = "dtmi:nuri:core:DataSource;1"

  private static let document = """
    {"@context":"dtmi:dtdl:context;3","@id":"\(model)","@type":"Interface",
    "displayName":{"en":"Source of data","ko":"데이터 출처"},"contents":[
    {"@type":"Property","name":"attribution","displayName":{"en":"Attribution","ko":"저작자 표시"},
     "schema":"string","writable":true}]}
    """

  /// Has a world say whose data came in; nothing is written when it says so already.
  /// - Throws: `NuriError` when the world can't be read or written.
  public static func add(
    _ attribution: String, to world: World, _ options: ImportOptions
  ) throws(NuriError) {
    let graph = try world.state().graph
    let id = id(of: attribution)
    if graph.twin(id) != nil { return }
    var operations = [
      Operation(
        .putTwin(
          id: id, model: model, properties: [PropertyEdit("attribution", .string(attribution))]))
    ]
    if (try? graph.interface(model)) == nil {
      operations.insert(Operation(.addModels([Array(document.utf8)])), at: 0)
    }
    var batch = Batch(cause: Cause(actor: options.actor, reason: "whose data it is"), operations: operations)
    batch.clock = options.clock
    try world.take(batch)
  }

  /// The words of an attribution, so that the same one is the same twin.
  private static func id(of attribution: String) -> String {
    let words = attribution.lowercased().split { !$0.isLetter && !$0.isNumber }
    var id = (["source"] + words).joined(separator: "-")
    while id.utf8.count > TwinId.maximumBytes { id.removeLast() }
    return id
  }
}
