public import TwinEngine
public import TwinValues

/// What jobs need that this room has not: the board they stand on, and someone who can read and write files.
public struct AzureJobs: Sendable {
  let board: JobBoard
  let imports: any ImportRunner

  /// Makes it of a data folder's board and the runner of its server.
  public init(_ board: JobBoard, imports: any ImportRunner) {
    self.board = board
    self.imports = imports
  }
}

/// Takes files into worlds for import jobs.
///
/// The files are in the format of Azure Digital Twins' import jobs (NDJSON in sections). Where they are is the
/// runner's to know: to this room a URI is a text.
public protocol ImportRunner: Sendable {
  /// Says whether a job could begin: whether the input is there, and whether the output may be written.
  /// - Throws: `NuriError` that says which of the two is wrong, and why. Must not block for long.
  func check(input: String, output: String) throws(NuriError)

  /// Takes the input into the world and writes the log of it to the output. Blocks the job's thread; asks `run`
  /// between batches whether to stop.
  /// - Throws: `NuriError` when the job has failed; `cancelled` when it stopped as asked.
  func carryOut(input: String, output: String, into world: WorldSession, _ run: JobRun) throws(NuriError)
}

extension Job.Kind {
  /// An import job.
  public static let imports = Job.Kind(rawValue: "import")
  /// A deletion job.
  public static let deletion = Job.Kind(rawValue: "deletion")

  /// Of these one at a time is at work, as in Azure Digital Twins.
  static let bulk: Set<Job.Kind> = [.imports, .deletion]
}

extension Job {
  /// The job as the API shows it.
  func write(into writer: inout JSONWriter) {
    writer.beginObject()
    var members: [(String, String?)] = [("id", id)]
    if kind == .imports, let asked = try? JSONDocument(parameters) {
      members += ["inputBlobUri", "outputBlobUri"].map { ($0, asked.root[$0]?.string) }
    }
    // Deletion jobs have no word for being asked to stop; nobody but a closing server asks them.
    let status = kind == .deletion && status == .cancelling ? Status.running : status
    members += [("status", status.rawValue), ("createdDateTime", created.description)]
    if kind == .imports { members.append(("lastActionDateTime", lastAction.description)) }
    if status != .cancelled { members.append(("finishedDateTime", finished?.description)) }
    members.append(("purgeDateTime", purged.description))
    for case (let key, let value?) in members {
      writer.key(key)
      writer.string(value)
    }
    if let failure {
      writer.key("error")
      writer.beginObject()
      writer.key("code")
      writer.string(failure.azureCode)
      writer.key("message")
      writer.string(failure.message)
      writer.endObject()
    }
    writer.endObject()
  }
}

extension Job.Failure {
  /// The code in Azure's words, where there is one.
  fileprivate var azureCode: String {
    AzureError.code(of: NuriError.Code(rawValue: code))?.rawValue ?? code.prefix(1).uppercased()
      + code.dropFirst()
  }
}
