import Glibc
import TwinEngine
import TwinGraph
import TwinValues

/// Makes the world that the other rows open, and the same data as files for the peers.
struct Prepare {
  let options: Options

  init(_ options: Options) { self.options = options }

  func measure() throws {
    try removeFolder(options.base)
    let before = try residentBytes()
    // No checkpoint in the background: its time is taken below.
    let engine = try Engine.create(
      at: options.base, options: EngineOptions(changesPerCheckpoint: .max))
    let world = try engine.world()
    let twins = options.twins
    let each = Pumps.relationshipsPerTwin
    try world.write(
      Batch(cause: Pumps.cause, operations: [Operation(.addModels([Array(Pumps.document.utf8)]))]))
    let creating = try timed { try world.writeAll(twins) { Pumps.twin($0) } }
    let linking = try timed {
      try world.writeAll(twins * each) { Pumps.relationship($0 / each, $0 % each, of: twins) }
    }
    emit("create", "twins of 8 properties", "Nuri", Double(twins) / creating, "/s")
    emit("create", "relationships", "Nuri", Double(twins * each) / linking, "/s")
    emit(
      "memory", "a twin with 3 relationships, just written", "Nuri",
      Double(try residentBytes() - before) / Double(twins), "B")
    let checkpointing = try timed { try world.checkpoint() }
    emit("checkpoint", "time to write", "Nuri", checkpointing, "s")
    let size = Double(storedBytes(below: options.base, suffix: ".nck"))
    emit("checkpoint", "size, per twin with 3 relationships", "Nuri", size / Double(twins), "B")
    try engine.close()
    try writePeerFiles()
  }

  /// CSV for the databases, NDJSON for imports.
  private func writePeerFiles() throws {
    try writeSheet()
    let twins = options.twins
    try lines("twins.csv", "id,temperature,pressure,flow,speed,hours,stage,running,serial\n", twins) {
      "\(Pumps.id($0)),\(Pumps.properties($0).map { $0.value?.text ?? "" }.joined(separator: ","))\n"
    }
    let each = Pumps.relationshipsPerTwin
    try lines("relationships.csv", "source,target,id\n", twins * each) {
      "\(Pumps.id($0 / each)),\(Pumps.id(Pumps.target($0 / each, $0 % each, of: twins))),feeds-\($0 % each)\n"
    }
  }

  /// A sheet of twins as every import verb reads it.
  private func writeSheet() throws {
    let twins = options.twins
    let each = Pumps.relationshipsPerTwin
    var model = ""
    for character in Pumps.document where character != "\n" { model.append(character) }
    let head = "{\"Section\":\"Header\"}\n{\"fileVersion\":\"1.0.0\"}\n{\"Section\":\"Models\"}\n\(model)\n"
    try lines("world.ndjson", head + "{\"Section\":\"Twins\"}\n", twins + 1 + twins * each) { line in
      if line < twins {
        let members = Pumps.properties(line).map { "\"\($0.path)\":\($0.value?.json ?? "null")" }
        return """
          {"$dtId":"\(Pumps.id(line))","$metadata":{"$model":"\(Pumps.model)"},\(members.joined(separator: ","))}

          """
      }
      if line == twins { return "{\"Section\":\"Relationships\"}\n" }
      let (index, which) = (line - twins - 1).quotientAndRemainder(dividingBy: each)
      let target = Pumps.id(Pumps.target(index, which, of: twins))
      return """
        {"$sourceId":"\(Pumps.id(index))","$relationshipId":"feeds-\(which)","$targetId":"\(target)",\
        "$relationshipName":"feeds"}

        """
    }
  }

  private func lines(_ name: String, _ head: String, _ count: Int, _ line: (Int) -> String) throws {
    guard let file = fopen("\(options.folder)/\(name)", "w") else { throw Stop("can't write \(name)") }
    fputs(head, file)
    for index in 0..<count { fputs(line(index), file) }
    guard fclose(file) == 0 else { throw Stop("can't write \(name)") }
  }
}

extension Value {
  /// The value as JSON; texts here need no escapes.
  fileprivate var json: String {
    if case .string(let value) = self { return "\"\(value)\"" }
    return text
  }

  /// The value as CSV and JSON have it, without quotes.
  var text: String {
    switch self {
    case .bool(let value): value ? "true" : "false"
    case .integer(let value): "\(value)"
    case .unsigned(let value): "\(value)"
    case .double(let value): "\(value)"
    case .string(let value): value
    case .json(let bytes): String(decoding: bytes, as: UTF8.self)
    }
  }
}

/// What a twin takes in memory, everything included: the whole process, not only the graph.
enum MemoryRow {
  static func measure(_ options: Options) throws {
    let before = try residentBytes()
    let engine = try Engine.open(options.base)
    let count = Double(options.twins)
    emit(
      "memory", "a twin with 3 relationships, after opening", "Nuri",
      Double(try residentBytes() - before) / count, "B")
    emit("memory", "of it handed out by malloc", "Nuri", Double(allocatedBytes()) / count, "B")
    note("\(try engine.world().snapshot().graph.twinCount) twins, \(try residentBytes() >> 20) MiB resident")
    // Left open: closing is not what is measured here.
    _exit(0)
  }
}
