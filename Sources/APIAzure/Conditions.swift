import TwinEngine
import TwinGraph

/// The preconditions a request states.
struct Conditions {
  private let ifMatch: String?
  private let ifNoneMatch: String?

  /// - Throws: `invalidArgument` for an `If-None-Match` of anything but `*`.
  init(_ request: AzureRequest) throws(AzureError) {
    ifMatch = request.header("If-Match")
    ifNoneMatch = request.header("If-None-Match")
    if let ifNoneMatch, ifNoneMatch != "*" {
      throw AzureError(.invalidArgument, "If-None-Match can only be *.")
    }
  }

  /// What must hold when the thing is written, given the change that last touched it as it stands now (`nil` when
  /// it does not exist).
  ///
  /// Of several ETags only the current one can hold: sequences never come back. So the engine, which checks it
  /// again while it holds the world, need not hear of the others.
  /// - Throws: `preconditionFailed` when no ETag is current, `invalidArgument` for what is no list of ETags.
  func precondition(current: UInt64?) throws(AzureError) -> Precondition {
    if ifNoneMatch != nil { return .mustNotExist }
    guard let ifMatch else { return .none }
    guard let tags = Self.tags(ifMatch) else {
      throw AzureError(.invalidArgument, "If-Match is *, or ETags such as W/\"1f\", parted by commas.")
    }
    if tags.contains("*") { return .mustExist }
    guard let current, tags.contains(where: { ETag.sequence($0) == current }) else {
      throw AzureError(
        .preconditionFailed,
        "The thing is at \(current.map(ETag.text) ?? "nothing"), not at \(ifMatch.prefix(200)). Read it again and decide anew."
      )
    }
    return .match(current)
  }

  /// The ETags of a list, in their weak form; `nil` when it is none.
  private static func tags(_ list: String) -> [String]? {
    var tags: [String] = []
    var rest = list.utf8[...]
    func skip(_ bytes: String) {
      while let byte = rest.first, bytes.utf8.contains(byte) { rest.removeFirst() }
    }
    while true {
      skip(" \t,")
      guard let first = rest.first else { return tags.isEmpty ? nil : tags }
      if first == UInt8(ascii: "*") {
        rest.removeFirst()
        tags.append("*")
      } else {
        if rest.starts(with: "W/".utf8) { rest.removeFirst(2) }
        guard rest.first == UInt8(ascii: "\""),
          let end = rest.dropFirst().firstIndex(of: UInt8(ascii: "\""))
        else { return nil }
        tags.append("W/" + String(decoding: rest[...end], as: UTF8.self))
        rest = rest[end...].dropFirst()
      }
      skip(" \t")
      if let next = rest.first, next != UInt8(ascii: ",") { return nil }
    }
  }
}
