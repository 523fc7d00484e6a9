import TwinEngine
import TwinValues

/// The body of a PATCH: a JSON Patch (RFC 6902) of `add`, `replace` and `remove`.
struct PatchDocument {
  /// The steps on properties and models.
  private(set) var steps: [PatchStep] = []
  /// The latest `sourceTime` that the patch sets.
  private(set) var observed: Instant?

  /// - Throws: `jsonPatchInvalid` for what is no such patch, `limitExceeded`, `validationFailed` for a source time
  ///   that is no instant.
  init(_ body: [UInt8]) throws(AzureError) {
    let document: JSONDocument
    do throws(NuriError) {
      document = try JSONDocument(body)
    } catch {
      throw AzureError(.jsonPatchInvalid, error)
    }
    guard document.root.kind == .array else {
      throw AzureError(.jsonPatchInvalid, "A JSON Patch is an array of steps.")
    }
    guard document.root.count <= AzureLimits.patchSteps else {
      throw AzureError(.limitExceeded, "A JSON Patch has at most \(AzureLimits.patchSteps) steps.")
    }
    for (index, node) in document.root.elements.enumerated() {
      let step = try Self.step(node, index)
      if let time = try SourceTimes.time(setBy: step) {
        observed = max(observed ?? time, time)
      } else {
        steps.append(step)
      }
    }
  }

  /// The patch of a component as a patch of its twin.
  func inside(component: String) -> [PatchStep] {
    steps.map { PatchStep($0.action, "/\(component)\($0.path)", $0.value) }
  }

  private static func step(_ node: JSONNode, _ index: Int) throws(AzureError) -> PatchStep {
    func fault(_ text: String) -> AzureError { AzureError(.jsonPatchInvalid, "Step \(index) \(text).") }
    guard node.kind == .object else { throw fault("is not an object") }
    guard let op = node["op"]?.string else { throw fault("does not say its op") }
    guard let action = PatchStep.Action(rawValue: op) else {
      throw fault("has the op \"\(op.prefix(40))\"; there are add, replace and remove")
    }
    guard let path = node["path"]?.string, path.hasPrefix("/"), path.utf8.count > 1 else {
      throw fault("needs a path, a slash and a name")
    }
    if action == .remove { return PatchStep(.remove, path) }
    guard let value = node["value"] else { throw fault("has no value") }
    return PatchStep(action, path, Array(value.sourceText.utf8))
  }
}
