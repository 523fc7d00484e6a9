// Test support: a process that writes to a data folder from several threads until it is killed.
//
// Usage: kill-writer FOLDER THREADS. For every batch that was acknowledged it prints one line,
// `thread number first last`; `KillTests` reads them, kills the process, and looks at what is in the folder.

import Foundation
import TwinEngine
import TwinGraph
import TwinLog
import TwinValues

let model = """
  {"@context": "dtmi:dtdl:context;3", "@id": "dtmi:test:Counter;1", "@type": "Interface", "contents": [
    {"@type": "Property", "name": "count", "schema": "long"},
    {"@type": "Property", "name": "text", "schema": "string"}]}
  """

/// Batch `number` of a thread: a twin of its own, and the same number on the thread's first few twins.
func batch(_ thread: Int, _ number: Int64) -> Batch {
  var operations = (0...(number % 7)).map { index in
    Operation(
      .putTwin(
        id: "t\(thread)-\(index)", model: "dtmi:test:Counter;1",
        properties: [PropertyEdit("count", .integer(number))]))
  }
  let text = String(repeating: "x", count: Int(number * 37 % 900))
  operations.append(
    Operation(
      .putTwin(
        id: "b\(thread)-\(number)", model: "dtmi:test:Counter;1",
        properties: [PropertyEdit("count", .integer(number)), PropertyEdit("text", .string(text))])))
  return Batch(cause: Cause(actor: "kill-writer"), operations: operations)
}

/// Writes batches one after another, each acknowledged before the next.
@Sendable func writeForever(_ world: World, _ thread: Int, from number: Int64) {
  var number = number
  while true {
    do {
      let receipt = try world.write(batch(thread, number))
      // One call, shorter than a pipe's atomic write, so that threads' lines don't mix.
      let line = Array("\(thread) \(number) \(receipt.first) \(receipt.last)\n".utf8)
      guard write(1, line, line.count) == line.count else { exit(3) }
    } catch {
      FileHandle.standardError.write(Data("\(error)\n".utf8))
      exit(2)
    }
    number += 1
  }
}

func run(_ folder: String, threads: Int) throws {
  // Small segments and frequent checkpoints, so that a kill falls into rolling, sealing and checkpointing too.
  let options = EngineOptions(
    changesPerCheckpoint: 1500, log: SegmentLogOptions(firstSegmentBytes: 64 << 10, segmentBytes: 256 << 10))
  let isNew = !FileManager.default.fileExists(atPath: folder)
  let engine =
    isNew ? try Engine.create(at: folder, options: options) : try Engine.open(folder, options: options)
  let world = try engine.world()
  if try world.snapshot().graph.models.ids.isEmpty {
    try world.write(
      Batch(cause: Cause(actor: "kill-writer"), operations: [Operation(.addModels([Array(model.utf8)]))]))
  }
  let graph = try world.snapshot().graph
  for thread in 0..<threads {
    let last = graph.twin("t\(thread)-0").flatMap { graph.value($0, "count")?.number } ?? 0
    Thread.detachNewThread { writeForever(world, thread, from: Int64(last) + 1) }
  }
  while true { sleep(3600) }
}

do {
  try run(CommandLine.arguments[1], threads: Int(CommandLine.arguments[2]) ?? 1)
} catch {
  FileHandle.standardError.write(Data("\(error)\n".utf8))
  exit(1)
}
