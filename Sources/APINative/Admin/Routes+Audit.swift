import TwinEngine
import TwinNet
import TwinValues

/// The audit log, as it was written; that it is whole is for `nuri audit verify` to prove.
extension Route {
  private static func filter(_ name: String, _ note: String) -> Parameter {
    Parameter(name, .query, .text(most: 256), note)
  }

  static let audit: [Route] = [
    Route(
      .get, "/v1/audit", "listAudit", "What was done and refused, newest first.",
      [
        filter("principal", "Only of whoever has this id."),
        filter("action", "Only this action, or all that begin with it and a dot."),
        filter("world", "Only about this world."), filter("target", "Only about this target."),
        filter("request", "Only of the request with this id."),
        Parameter(
          "outcome", .query, .choice(AuditEntry.Outcome.allCases.map(\.rawValue)), "Only what came to this."),
        Parameter("from", .query, .point, "Not before this instant or time ago.", example: "-1d"),
        Parameter("to", .query, .point, "Before this instant."),
      ] + Parameter.paging,
      answers: [.page("AuditEntry", of: "Entries. A page may be empty and have a next one.")]
    ) { try await $0.listAudit() }
  ]
}

extension Call {
  func listAudit() async throws -> HTTPResponse {
    try session.principal.require(.audit)
    guard let folder = services.auditFolder else {
      throw NuriError(.unavailable, "There is no audit log here.")
    }
    var filter = AuditFilter()
    filter.principal = text("principal")
    filter.action = text("action")
    filter.world = text("world")
    filter.target = text("target")
    filter.request = text("request")
    filter.outcome = text("outcome").flatMap { AuditEntry.Outcome(rawValue: $0) }
    filter.from = try instant(ofPoint: "from")
    filter.until = try instant(ofPoint: "to")
    let reader = AuditReader(folder)
    return try await listing(nil) { [filter] (cursor, most, items) throws(NuriError) in
      var from: UInt64?
      if let cursor {
        guard let number = UInt64(cursor) else {
          throw NuriError(.invalidParameter, "This is not a cursor that a page of this list gave.")
        }
        from = number
      }
      let page = try reader.entries(from: from, limit: most, filter: filter)
      for entry in page.entries { items.add { entry.write(into: &$0) } }
      return page.next.map { String($0) }
    }
  }
}
