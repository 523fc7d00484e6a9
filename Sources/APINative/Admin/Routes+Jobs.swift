import TwinEngine
import TwinLog
import TwinNet
import TwinValues

/// Jobs and backups.
extension Route {
  private static let kind = Parameter("kind", .path, .text(most: 64), "What kind of job.", example: "backup")
  private static let job = Parameter(
    "job", .path, .text(most: JobLimits.idBytes), "A job's id.", example: "monday")
  private static let about = Parameter(
    "world", .query, .text(most: EngineLimits.worldNameBytes), "The world it is about; live when left out.")

  static let jobs: [Route] = [
    Route(
      .post, "/v1/backups", "startBackup",
      "Copies the data folder, consistently, while everything goes on, into the server's backup folder; as a job.",
      body: Body(.named("NewBackup"), required: false, example: #"{"name":"monday"}"#),
      answers: [Answer(202, "The job.", .named("Job"))], problems: [409]
    ) { try await $0.startBackup() },
    Route(
      .get, "/v1/jobs", "listJobs", "Jobs, oldest first: imports, deletions, backups.",
      [
        Parameter("kind", .query, .text(most: 64), "Only jobs of this kind."),
        Parameter(
          "status", .query, .choice(Job.Status.allCases.map(\.rawValue)), "Only jobs that have come this far."
        ),
      ] + Parameter.paging, answers: [.page("Job", of: "Jobs.")]
    ) { try await $0.listJobs() },
    Route(
      .get, "/v1/jobs/{kind}/{job}", "getJob", "A job, and how far it has come.", [kind, job, about],
      answers: [Answer(200, "The job.", .named("Job"))]
    ) { try $0.getJob() },
    Route(
      .post, "/v1/jobs/{kind}/{job}/cancel", "cancelJob", "Asks a job to stop; its status says when it has.",
      [kind, job, about], answers: [Answer(202, "The job.", .named("Job"))], problems: [409]
    ) { try await $0.cancelJob() },
    Route(
      .delete, "/v1/jobs/{kind}/{job}", "removeJob", "Forgets a job that is over.", [kind, job, about],
      answers: [Answer(204, "Its id is free.")], problems: [409]
    ) { try await $0.removeJob() },
  ]
}

extension Shape {
  static let jobShapes: [String: Shape] = [
    "NewBackup": .object([
      Member("name", .text(most: 64), "The backup's folder; made of the time when left out.")
    ]),
    "Job": .object([
      Member("kind", .text(most: 64), required: true), Member("id", .text(most: 512), required: true),
      Member("world", .text(most: EngineLimits.worldNameBytes), required: true),
      Member("status", .choice(Job.Status.allCases.map(\.rawValue)), required: true),
      Member("actor", .text(most: .max), required: true), Member("created", .instant, required: true),
      Member("lastAction", .instant, required: true), Member("finished", .instant),
      Member(
        "progress",
        .object([
          Member("done", .integer(0...Int64.max), required: true),
          Member("total", .integer(0...Int64.max), required: true, "0 when nobody knows."),
        ]), required: true), Member("parameters", .any, required: true),
      Member(
        "failure",
        .object([
          Member("code", .text(most: 64), required: true),
          Member("message", .text(most: .max), required: true),
        ])),
    ]),
  ]
}

extension Job.Kind {
  /// A copy of the data folder.
  static let backup = Job.Kind(rawValue: "backup")
}

extension Call {
  private func board() throws(NuriError) -> JobBoard {
    guard let jobs = services.jobs else { throw NuriError(.unavailable, "There are no jobs here.") }
    return jobs
  }

  private func found() throws(NuriError) -> Job {
    try session.principal.require(.read)
    return try board().job(
      Job.Kind(rawValue: path("kind")), world: text("world") ?? Engine.live, path("job"))
  }

  func listJobs() async throws -> HTTPResponse {
    try session.principal.require(.read)
    let (kind, status) = (text("kind"), text("status"))
    let jobs = try board().all.filter {
      (kind == nil || $0.kind.rawValue == kind) && (status == nil || $0.status.rawValue == status)
    }
    return try await listing(
      nil,
      walkInOrder(jobs.map { (key: "\($0.created) \($0.kind.rawValue)/\($0.world)/\($0.id)", item: $0) }) {
        $1.job($0)
      })
  }

  func getJob() throws -> HTTPResponse {
    let job = try found()
    return Reply.json { $0.job(job) }
  }

  func cancelJob() async throws -> HTTPResponse {
    let job = try found()
    try session.principal.require(job.kind == .backup ? .backup : .write)
    let now = try await board().cancel(job.kind, world: job.world, job.id)
    return Reply.json(202) { $0.job(now) }
  }

  func removeJob() async throws -> HTTPResponse {
    let job = try found()
    try session.principal.require(job.kind == .backup ? .backup : .write)
    try await board().remove(job.kind, world: job.world, job.id)
    return HTTPResponse(status: 204)
  }

  func startBackup() async throws -> HTTPResponse {
    let root = try await json().root
    try session.principal.require(.backup)
    guard let folder = services.backupFolder else {
      throw NuriError(
        .conflict, "The server has no folder for backups.", advice: "Name one in its configuration.")
    }
    let name = root["name"]?.string ?? Self.backupName(services.clock.now())
    guard Self.isFolderName(name) else {
      throw NuriError(
        .invalidName, "\"\(name.prefix(100))\" is no name for a backup.",
        advice: "Use 1 to 64 letters, digits, '-', '_' and '.', the first of them no '.'.")
    }
    let session = session
    let job = try await board().start(
      .backup, id: name, by: session.principal, exclusive: [.backup]
    ) { run throws(NuriError) in
      _ = try session.backup(to: "\(folder)/\(name)") { progress in
        // A copy can't be stopped between its files; that it should be is asked again at its end.
        _ = try? run.progress(done: Int64(progress.files.done), total: Int64(progress.files.total))
      }
    }
    var response = Reply.json(202) { $0.job(job) }
    response.headers.append("location", "/v1/jobs/backup/\(PercentCoding.encode(name))")
    return response
  }

  /// `2026-10-31T09-00-00Z`: no colon, so that it is a folder's name everywhere.
  private static func backupName(_ now: Instant) -> String {
    now.description.prefix(19).map { $0 == ":" ? "-" : String($0) }.joined() + "Z"
  }

  private static func isFolderName(_ name: String) -> Bool {
    (1...64).contains(name.utf8.count) && name.first != "."
      && name.utf8.allSatisfy { byte in
        byte &- 48 < 10 || (byte | 0x20) &- 97 < 26 || byte == 45 || byte == 46 || byte == 95
      }
  }
}

extension JSONWriter {
  fileprivate mutating func job(_ job: Job) {
    beginObject()
    member("kind", job.kind.rawValue)
    member("id", job.id)
    member("world", job.world)
    member("status", job.status.rawValue)
    member("actor", job.actor)
    member("created", job.created.description)
    member("lastAction", job.lastAction.description)
    member("finished", job.finished?.description)
    key("progress")
    beginObject()
    member("done", UInt64(max(0, job.progress.done)))
    member("total", UInt64(max(0, job.progress.total)))
    endObject()
    key("parameters")
    raw(job.parameters)
    if let failure = job.failure {
      key("failure")
      beginObject()
      member("code", failure.code)
      member("message", failure.message)
      endObject()
    }
    endObject()
  }
}
