import TwinEngine
import TwinNet
import TwinValues

/// Writes what requests did into a tenant's audit log. Any thread.
struct AuditTrail: Sendable {
  let log: AuditLog
  /// Whether reads are entered too.
  let entersReads: Bool

  /// Enters a request that was answered: every change, every refusal, and reads where they are wanted. A change of
  /// keys or policies is on disk when this returns.
  func note(_ passage: Router.Passage, status: Int) async {
    guard isNoted(passage, status) else { return }
    let entry = entry(passage, status)
    if passage.changesAccess, status < 400 {
      // The change is in the world's log already, and so is its cause. What the disk refused is in the audit's queue
      // still, and a log that fails shows in `/ready`.
      try? await log.appendDurably(entry)
    } else {
      log.append(entry)
    }
  }

  /// Whether a request is entered. What was turned away for load is not: it must not fill the disk.
  func isNoted(_ passage: Router.Passage, _ status: Int) -> Bool {
    if status == 429 || status == 503 || passage.kind == .own { return false }
    return status == 401 || status == 403 || entersReads || passage.kind.changes
  }

  private func entry(_ passage: Router.Passage, _ status: Int) -> AuditEntry {
    let request = passage.request
    let outcome: AuditEntry.Outcome =
      status == 401 || status == 403 ? .refused : status < 400 ? .done : .failed
    return AuditEntry(
      status == 401 ? "sign-in" : "\(passage.kind.name) \(request.method)",
      principal: passage.principal?.id ?? "", address: request.peer.host, request: request.id,
      world: passage.world, target: String(passage.route.path), outcome: outcome,
      code: status < 400 ? "" : String(status))
  }
}

extension Router.Passage {
  /// Whether it makes or takes away keys or policies.
  fileprivate var changesAccess: Bool {
    kind == .nativeWrite && (route.path.hasPrefix("/v1/keys") || route.path.hasPrefix("/v1/policies"))
  }

  /// The world it is about, as the path names it.
  fileprivate var world: String {
    if let world = route.world { return world }
    guard route.kind == .native else { return route.kind == .azure ? Engine.live : "" }
    let parts = route.path.split(separator: "/", maxSplits: 3)
    return parts.count > 2 && parts[1] == "worlds" ? String(parts[2]) : ""
  }
}
