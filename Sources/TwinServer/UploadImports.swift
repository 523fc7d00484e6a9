public import APIAzure
public import TwinEngine
public import TwinExchange
public import TwinValues

/// Import jobs whose files are uploads: PUT the input first, GET the log afterwards.
///
/// The log is NDJSON in the shape of Azure Digital Twins' import logs: a line when the job or a section starts or
/// ends, and one for each record that was left aside. A faulty record ends nothing, but the job has failed then.
public struct UploadImports: ImportRunner {
  private let folder: UploadFolder

  /// Makes a runner on a folder of uploads.
  public init(_ folder: UploadFolder) { self.folder = folder }

  /// - Throws: `NuriError` with code `fileNotFound` or `invalidId`.
  public func check(input: String, output: String) throws(NuriError) {
    let name = try UploadFolder.name(inURI: input)
    _ = try folder.find(name)
    guard try UploadFolder.name(inURI: output) != name else {
      throw NuriError(.invalidId, "The output of an import is another file than its input.")
    }
  }

  /// Takes an upload into a world.
  /// - Throws: `NuriError` when the file is no import file, a record was left aside, or the work was cancelled.
  public func carryOut(
    input: String, output: String, into world: WorldSession, _ run: JobRun
  ) throws(NuriError) {
    let path = try folder.path(of: UploadFolder.name(inURI: input))
    let log = ImportLog(try folder.write(UploadFolder.name(inURI: output)), run)
    log.note(nil, "Started")
    var options = ImportOptions()
    options.isCancelled = { run.isCancelled }
    options.whenRejected = { log.reject($0, $1, $2) }
    var failure: NuriError?
    do throws(NuriError) {
      try Importer(into: world, options).run(path) { progress in
        log.enter(progress.section)
        // Bytes of the file: records are not counted beforehand. Being cancelled shows between batches.
        try? run.progress(done: progress.bytes, total: progress.totalBytes)
      }
      failure = log.firstReject
    } catch {
      failure = error
    }
    log.end(failure)
    try log.finish()
    if let failure { throw failure }
  }
}

/// The log of one import on its way to a file.
///
/// `@unchecked Sendable`: the importer calls its options' closures on the thread that runs it, which is the one that
/// made this.
private final class ImportLog: @unchecked Sendable {
  private let file: UploadWriter
  private let run: JobRun
  private var section: ImportSection?
  private var isSectionFaulty = false
  private var failure: NuriError?
  private(set) var rejected = 0
  private var first: String?

  init(_ file: UploadWriter, _ run: JobRun) {
    self.file = file
    self.run = run
  }

  /// Why the job has failed when records were left aside.
  var firstReject: NuriError? {
    first.map {
      NuriError(
        .invalidImport, "\(rejected) records were left aside, the first: \($0)",
        advice: "The output has them all. Put them right and import them.")
    }
  }

  func enter(_ next: ImportSection?) {
    guard let next, next != section else { return }
    leave()
    section = next
    isSectionFaulty = false
    note(next, "Started")
  }

  private func leave() {
    if let section { note(section, isSectionFaulty ? "Failed" : "Succeeded") }
    section = nil
  }

  func reject(_ section: ImportSection, _ line: Int, _ error: NuriError) {
    enter(section)
    rejected += 1
    isSectionFaulty = true
    let message = "line \(line): \(error)"
    if first == nil { first = message }
    write(section, "Error") {
      $0.key("line")
      $0.integer(Int64(line))
      $0.key("error")
      $0.string(error.description)
    }
  }

  func end(_ failure: NuriError?) {
    if failure != nil, failure?.code != .cancelled { isSectionFaulty = true }
    leave()
    guard let failure else { return note(nil, "Succeeded") }
    if failure.code == .cancelled { return note(nil, "Cancelled") }
    write(nil, "Error") {
      $0.key("status")
      $0.string("Failed")
      $0.key("error")
      $0.string(failure.description)
    }
  }

  func note(_ section: ImportSection?, _ status: String) {
    write(section, "Info") {
      $0.key("status")
      $0.string(status)
    }
  }

  private func write(_ section: ImportSection?, _ type: String, _ body: (inout JSONWriter) -> Void) {
    var writer = JSONWriter()
    writer.beginObject()
    for (key, value) in [
      ("timestamp", run.now.description), ("jobId", run.job.id), ("jobType", "Import"), ("logType", type),
    ] {
      writer.key(key)
      writer.string(value)
    }
    writer.key("details")
    writer.beginObject()
    if let section {
      writer.key("section")
      writer.string(section.rawValue)
    }
    body(&writer)
    writer.endObject()
    writer.endObject()
    writer.newline()
    do throws(NuriError) {
      try file.append(writer.bytes)
    } catch {
      failure = failure ?? error
    }
  }

  /// - Throws: `NuriError` when the log could not be written.
  func finish() throws(NuriError) {
    if let failure { throw failure }
    try file.finish()
  }
}
