import TwinEngine
import TwinValues

/// Import jobs: GET `/jobs/imports`; PUT, GET, DELETE `/jobs/imports/{id}`; POST `/jobs/imports/{id}/cancel`.
extension AzureAPI {
  /// What jobs stand on.
  /// - Throws: `notFound` on a server that has no jobs.
  func jobBoard() throws(AzureError) -> AzureJobs {
    guard let jobs else { throw AzureError(.notFound, "This server has no jobs.") }
    return jobs
  }

  func listJobs(
    _ kind: Job.Kind, _ request: AzureRequest, _ parameters: Parameters
  ) async throws -> AzureResponse {
    try session.principal.require(.read)
    let page = try Page(request, parameters, standard: AzureLimits.defaultPageItems)
    let jobs = try jobBoard().board.jobs(kind, world: worldName)
    return page.response(jobs, by: \.id, to: request, parameters) { $0.write(into: &$1) }
  }

  func getJob(_ kind: Job.Kind, _ id: String) async throws -> AzureResponse {
    try session.principal.require(.read)
    let board = try jobBoard().board
    do throws(NuriError) {
      return .json(body: try board.job(kind, world: worldName, id).json)
    } catch {
      throw AzureError(
        error, here: [.jobNotFound: kind == .imports ? .jobNotFound : .deleteJobNotFound])
    }
  }

  func putImportJob(_ id: String, _ request: AzureRequest) async throws -> AzureResponse {
    let jobs = try jobBoard()
    // What is imported may be models too, so that whoever may not add them may not begin.
    try session.principal.require(.models)
    try session.principal.require(.write)
    let root = try document(request).root
    guard root.kind == .object, let input = root["inputBlobUri"]?.string,
      let output = root["outputBlobUri"]?.string
    else {
      throw AzureError(
        .validationFailed, "An import job is a JSON object with an \"inputBlobUri\" and an \"outputBlobUri\"."
      )
    }
    let world = try session.world(worldName)
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("inputBlobUri")
    writer.string(input)
    writer.key("outputBlobUri")
    writer.string(output)
    writer.endObject()
    do throws(NuriError) {
      try jobs.imports.check(input: input, output: output)
      let job = try await jobs.board.start(
        .imports, world: worldName, id: id, parameters: writer.bytes, by: session.principal,
        exclusive: Job.Kind.bulk
      ) { (run) throws(NuriError) in
        try jobs.imports.carryOut(input: input, output: output, into: world, run)
      }
      return .json(201, body: job.json)
    } catch {
      throw AzureError(job: error)
    }
  }

  func deleteImportJob(_ id: String) async throws -> AzureResponse {
    try session.principal.require(.write)
    let board = try jobBoard().board
    do throws(NuriError) {
      try await board.remove(.imports, world: worldName, id)
      return .noContent()
    } catch {
      throw AzureError(job: error)
    }
  }

  func cancelImportJob(_ id: String) async throws -> AzureResponse {
    try session.principal.require(.write)
    let board = try jobBoard().board
    do throws(NuriError) {
      return .json(body: try await board.cancel(.imports, world: worldName, id).json)
    } catch {
      // As in Azure, a job that is over is answered as it is.
      if error.code == .jobState { return try await getJob(.imports, id) }
      throw AzureError(job: error)
    }
  }
}

extension Job {
  var json: [UInt8] {
    var writer = JSONWriter()
    write(into: &writer)
    return writer.bytes
  }
}

extension AzureError {
  /// An error about a job.
  /// - Parameter exists: the code for an id that is taken.
  init(job error: NuriError, exists: ErrorCode = .jobIdAlreadyExists) {
    self.init(
      error,
      here: [
        .jobNotFound: .jobNotFound, .jobLimit: .tooManyRequests, .jobExists: exists,
        .jobState: .validationFailed, .invalidId: .invalidArgument,
        NuriError.Code("fileNotFound"): .validationFailed,
      ])
    if error.code == .jobLimit { retryAfter = AzureLimits.jobRetrySeconds }
  }
}
