import TwinGraph
import TwinIdentity
import TwinModels
public import TwinValues

/// A document that somebody saved under a name: how a view looked, a query. A record of the live world.
public struct Saved: Sendable, Hashable {
  /// What is saved.
  public enum Kind: String, Sendable, CaseIterable {
    /// What a page showed: camera, layers, time.
    case view
    /// A query's text and how its answer was shown.
    case query

    var record: RecordKind { self == .view ? .view : .query }
  }

  /// Limits of what is saved.
  public enum Limits {
    /// Bytes of a document.
    public static let bodyBytes = 64 << 10
    /// Bytes of a name.
    public static let nameBytes = 128
    /// Documents of one kind of one principal.
    public static let perOwner = 200
  }

  /// What it is.
  public let kind: Kind
  /// Its name, unique among its owner's of that kind.
  public let name: String
  /// The id of the principal who saved it.
  public let owner: String
  /// Whether everybody may read it.
  public let isShared: Bool
  /// When it was saved last.
  public let saved: Instant
  /// A JSON object.
  public let body: [UInt8]
}

extension Session {
  /// What the principal saved and what others share, by name, then owner.
  /// - Throws: `NuriError` with code `forbidden`, or when the live world can't be read.
  public func saved(_ kind: Saved.Kind) throws(NuriError) -> [Saved] {
    try principal.require(.read)
    let records = try engine.liveWorld.snapshot().graph.records(kind.record).all
    return records.compactMap { Saved($0, kind) }.filter { $0.isShared || $0.owner == principal.id }
      .sorted { ($0.name, $0.owner) < ($1.name, $1.owner) }
  }

  /// What is saved under a name: one's own before what others share.
  /// - Parameter owner: whose; anybody's when `nil`.
  /// - Throws: `NuriError` with code `savedNotFound` or `forbidden`.
  public func saved(_ kind: Saved.Kind, _ name: String, of owner: String? = nil) throws(NuriError) -> Saved {
    let found = try saved(kind).filter { $0.name == name && $0.owner == owner ?? $0.owner }
    guard let saved = found.first(where: { $0.owner == principal.id }) ?? found.first else {
      throw NuriError(.savedNotFound, "There is no \(kind.rawValue) \"\(name)\".")
    }
    return saved
  }

  /// Saves a document under a name, in place of one's own of that name. Whoever may read may save; to share it takes
  /// the right to write.
  /// - Throws: `NuriError` with code `forbidden`, `invalidName`, `invalidValue` or `limitExceeded`.
  @discardableResult
  public func save(
    _ kind: Saved.Kind, _ name: String, _ body: [UInt8], shared: Bool
  ) throws(NuriError) -> Saved {
    try principal.require(shared ? .write : .read)
    guard (1...Saved.Limits.nameBytes).contains(name.utf8.count), !name.utf8.contains(where: { $0 < 32 })
    else {
      throw NuriError(
        .invalidName, "A name has 1 to \(Saved.Limits.nameBytes) bytes, none of them control characters.")
    }
    guard body.count <= Saved.Limits.bodyBytes else {
      throw NuriError(.limitExceeded, "What is saved has at most \(Saved.Limits.bodyBytes) bytes.")
    }
    guard try JSONDocument(body).root.kind == .object else {
      throw NuriError(.invalidValue, "What is saved is a JSON object.")
    }
    let own = try saved(kind).filter { $0.owner == principal.id }
    guard own.count < Saved.Limits.perOwner || own.contains(where: { $0.name == name }) else {
      throw NuriError(
        .limitExceeded, "You have saved \(Saved.Limits.perOwner) of them.",
        advice: "Delete some you don't need.")
    }
    let saved = Saved(
      kind: kind, name: name, owner: principal.id, isShared: shared, saved: engine.options.clock.now(),
      body: body)
    try write(.putRecord(saved.record))
    return saved
  }

  /// Deletes one's own document of a name; an admin may delete what others share.
  /// - Throws: `NuriError` with code `savedNotFound` or `forbidden`.
  public func deleteSaved(_ kind: Saved.Kind, _ name: String, of owner: String? = nil) throws(NuriError) {
    let saved = try saved(kind, name, of: owner)
    guard saved.owner == principal.id || principal.may(.access) else {
      throw NuriError(
        .forbidden, "The \(kind.rawValue) \"\(name)\" is \"\(saved.owner)\"'s.",
        advice: "Ask whoever saved it.")
    }
    try write(.deleteRecord(kind.record, id: saved.record.id))
  }
}

extension Saved {
  fileprivate init?(_ record: Record, _ kind: Kind) {
    guard let root = try? JSONDocument(record.body).root, let name = root["name"]?.string,
      let owner = root["owner"]?.string, let body = root["body"]
    else { return nil }
    self.init(
      kind: kind, name: name, owner: owner, isShared: root["shared"]?.bool ?? false,
      saved: root["saved"]?.string.flatMap { try? Instant($0) } ?? Instant(microseconds: 0),
      body: Array(body.sourceText.utf8))
  }

  /// Its record; the id names owner and name, whatever characters they have.
  fileprivate var record: Record {
    Record(kind.record, SHA256.hash("\(owner)\n\(name)").description, json)
  }

  /// All of it, as JSON.
  public var json: [UInt8] {
    var writer = JSONWriter(reserving: body.count + 256)
    writer.beginObject()
    for (key, text) in [("name", name), ("owner", owner), ("saved", saved.description)] {
      writer.key(key)
      writer.string(text)
    }
    writer.key("shared")
    writer.bool(isShared)
    writer.key("body")
    writer.raw(body)
    writer.endObject()
    return writer.bytes
  }
}

extension NuriError.Code {
  /// Nothing is saved under that name.
  public static let savedNotFound = Self("savedNotFound")
}
