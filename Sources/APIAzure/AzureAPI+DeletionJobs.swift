import TwinEngine
import TwinGraph
import TwinModels
import TwinValues

/// Deletion jobs: GET, POST `/jobs/deletions`; GET `/jobs/deletions/{id}`.
extension AzureAPI {
  func addDeletionJob(_ request: AzureRequest, _ parameters: Parameters) async throws -> AzureResponse {
    let jobs = try jobBoard()
    try session.principal.require(.models)
    try session.principal.require(.write)
    let minutes = try Self.timeout(parameters)
    let world = try session.world(worldName)
    let asked = Array("{\"timeoutInMinutes\":\(minutes)}".utf8)
    do throws(NuriError) {
      let job = try await jobs.board.start(
        .deletion, world: worldName, id: request.header("operation-id"), parameters: asked,
        by: session.principal, exclusive: Job.Kind.bulk
      ) { (run) throws(NuriError) in
        var sweep = WorldSweep(world, run, minutes: minutes)
        try sweep.carryOut()
      }
      var response = AzureResponse.json(202, body: job.json)
      response.headers += [
        (
          "Operation-Location",
          "\(request.origin)/jobs/deletions/\(PercentCoding.encode(job.id))?api-version=\(parameters.version)"
        ), ("Operation-Id", job.id),
      ]
      return response
    } catch {
      throw AzureError(job: error, exists: .validationFailed)
    }
  }

  private static func timeout(_ parameters: Parameters) throws(AzureError) -> Int64 {
    guard let text = parameters.first("timeoutInMinutes") else { return AzureLimits.standardDeletionMinutes }
    guard let minutes = Int64(text), AzureLimits.deletionMinutes.contains(minutes) else {
      throw AzureError(
        .validationFailed,
        "The parameter timeoutInMinutes is a number from \(AzureLimits.deletionMinutes.lowerBound) to \(AzureLimits.deletionMinutes.upperBound)."
      )
    }
    return minutes
  }
}

/// Deletes everything that a principal sees of a world, batch by batch: relationships, then twins, then models. Others
/// may write meanwhile: it goes over the world again until nothing is left.
struct WorldSweep {
  private let world: WorldSession
  private let run: JobRun
  private let deadline: Instant
  private var done: Int64 = 0
  private var total: Int64 = 0
  private var batch: [Operation] = []

  init(_ world: WorldSession, _ run: JobRun, minutes: Int64) {
    self.world = world
    self.run = run
    deadline = Instant(microseconds: run.job.created.microseconds + minutes * 60_000_000)
  }

  /// - Throws: `NuriError` when the time is up, the work was cancelled, something may not be deleted, or others keep
  ///   on writing.
  mutating func carryOut() throws(NuriError) {
    var passes = 0
    while true {
      let graph = try world.waitForSnapshot().graph
      let left = graph.relationshipCount + graph.twinCount + graph.models.ids.count
      if left == 0 { return }
      passes += 1
      total = done + Int64(left)
      do throws(NuriError) {
        try pass(over: graph)
      } catch {
        // What others deleted or linked meanwhile is found out by looking again.
        let isRace = [
          .relationshipNotFound, .twinNotFound, .relationshipsNotDeleted, .modelNotFound, .modelInUse,
        ]
        .contains(error.code)
        batch = []
        guard isRace, passes < AzureLimits.deletionPasses else { throw error }
      }
      guard passes < AzureLimits.deletionPasses else {
        throw NuriError(
          .conflict, "Others kept on writing while everything was being deleted.",
          advice: "Stop them, then start the job again.")
      }
    }
  }

  private mutating func pass(over graph: Graph) throws(NuriError) {
    for table in 0..<graph.tableCount where graph.twinCount(table: table) > 0 {
      for twin in graph.twins(table: table) {
        let source = graph.id(of: twin)
        for relationship in graph.outgoing(twin) {
          try add(.deleteRelationship(source: source, id: graph.id(of: relationship)))
        }
      }
    }
    try flush()
    for table in 0..<graph.tableCount where graph.twinCount(table: table) > 0 {
      for twin in graph.twins(table: table) { try add(.deleteTwin(id: graph.id(of: twin))) }
    }
    try flush()
    for id in graph.models.idsUsersFirst { try add(.deleteModel(id: id.text)) }
    try flush()
  }

  private mutating func add(_ change: Change) throws(NuriError) {
    batch.append(Operation(change))
    if batch.count >= AzureLimits.deletionBatch { try flush() }
  }

  private mutating func flush() throws(NuriError) {
    guard !batch.isEmpty else { return }
    guard run.now < deadline else {
      throw NuriError(.timedOut, "The job's time was up before everything was deleted.")
    }
    try world.waitToWrite(batch, reason: "deletion job \(run.job.id)")
    done += Int64(batch.count)
    batch = []
    try run.progress(done: done, total: total)
  }
}

extension NuriError.Code {
  fileprivate static let timedOut = Self("jobTimedOut")
}

extension Graph {
  /// The twins of a table.
  fileprivate func twins(table: Int) -> [TwinRef] {
    var found: [TwinRef] = []
    found.reserveCapacity(twinCount(table: table))
    forEachPage(table: table) { page in
      for slot in page.twins where slot != .max { found.append(twin(number: slot)) }
      return true
    }
    return found
  }
}

extension ModelSet {
  /// The models, each after all that need it.
  fileprivate var idsUsersFirst: [DTMI] {
    var users: [DTMI: Int] = [:]
    for id in ids { users[id] = dependents(of: id).count }
    var open = ids.filter { users[$0] == 0 }
    var ordered: [DTMI] = []
    while let id = open.popLast() {
      ordered.append(id)
      for needed in Set(dependencies(of: id)) {
        users[needed, default: 0] -= 1
        if users[needed] == 0 { open.append(needed) }
      }
    }
    return ordered
  }
}
