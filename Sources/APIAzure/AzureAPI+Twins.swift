import TwinEngine
import TwinGraph
import TwinModels
import TwinValues

/// Twins: PUT, GET, PATCH, DELETE `/digitaltwins/{id}`.
extension AzureAPI {
  func getTwin(_ id: String) async throws -> AzureResponse {
    let graph = try await graph()
    let twin = try graph.existing(id)
    return graph.response(twin)
  }

  func putTwin(_ id: String, _ request: AzureRequest) async throws -> AzureResponse {
    let root = try document(request).root
    guard root.kind == .object, root["$metadata"]?["$model"]?.string != nil else {
      throw AzureError(
        .invalidArgument, "A twin is a JSON object with its model in \"$metadata\": {\"$model\": …}.")
    }
    let conditions = try Conditions(request)
    let observed = try SourceTimes.latest(in: root)
    var graph = try await graph()
    let precondition = try conditions.precondition(current: graph.twin(id).map { graph.sequence(of: $0) })
    let change: Change
    let receipt: Receipt
    do throws(NuriError) {
      change = try graph.twinChange(from: root, id: id)
      receipt = try await write(Operation(change, if: precondition, observed: observed))
    } catch {
      throw AzureError(error, here: [.modelNotFound: .validationFailed])
    }
    if let response = graph.response(after: change, receipt, id) { return response }
    return try await getTwin(id)
  }

  func patchTwin(_ id: String, _ request: AzureRequest) async throws -> AzureResponse {
    if request.header("If-Match") == nil, request.header("If-None-Match") == nil,
      let patch = try? PatchDocument(request.body), !patch.steps.isEmpty
    {
      // Nothing to compare with the state before: whether there is such a twin shows where it is changed. Reading
      // first would wait for the group of writes under way, and then again for this one's.
      do throws(NuriError) {
        let operation = Operation(.patchTwin(id: id, patch.steps), observed: patch.observed)
        return .noContent(etag: try await write(operation).last)
      } catch {
        throw AzureError(error, here: [.modelNotFound: .validationFailed])
      }
    }
    let graph = try await graph()
    let twin = try graph.existing(id)
    let patch = try PatchDocument(request.body)
    return try await apply(patch.steps, patch.observed, to: twin, in: graph, request)
  }

  /// Patches a twin, or answers at once when the patch is empty.
  func apply(
    _ steps: [PatchStep], _ observed: Instant?, to twin: TwinRef, in graph: Graph, _ request: AzureRequest
  ) async throws -> AzureResponse {
    let current = graph.sequence(of: twin)
    let precondition = try Conditions(request).precondition(current: current)
    guard !steps.isEmpty else { return .noContent(etag: current) }
    do throws(NuriError) {
      let operation = Operation(
        .patchTwin(id: graph.id(of: twin), steps), if: precondition, observed: observed)
      return .noContent(etag: try await write(operation).last)
    } catch {
      throw AzureError(error, here: [.modelNotFound: .validationFailed])
    }
  }

  func deleteTwin(_ id: String, _ request: AzureRequest) async throws -> AzureResponse {
    let graph = try await graph()
    let twin = try graph.existing(id)
    let precondition = try Conditions(request).precondition(current: graph.sequence(of: twin))
    try await write(Operation(.deleteTwin(id: id), if: precondition))
    return .noContent()
  }
}

extension Graph {
  /// The answer that shows a twin.
  func response(_ twin: TwinRef) -> AzureResponse {
    var writer = JSONWriter(reserving: 1024)
    writeTwin(twin, into: &writer)
    return .json(etag: sequence(of: twin), body: writer.bytes)
  }

  /// The answer that shows a twin as a change left it, whatever others wrote since; `nil` when the change does not
  /// apply to this state, which it may not when others wrote before it.
  fileprivate mutating func response(after change: Change, _ receipt: Receipt, _ id: String) -> AzureResponse?
  {
    let stamp = Stamp(sequence: receipt.last, milliseconds: receipt.recorded.microseconds / 1000)
    guard (try? apply(change, stamp)) != nil, let twin = twin(id) else { return nil }
    return response(twin)
  }
}
