import TwinModels
public import TwinValues

/// What a record is about. The numbers are on disk: never reuse one. A number this version does not know is kept as
/// it is.
public struct RecordKind: RawRepresentable, Hashable, Sendable {
  /// The number on disk.
  public let rawValue: UInt8
  /// Wraps a number.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// An API key, without its secret.
  public static let key = RecordKind(rawValue: 1)
  /// A rule about who may see and change what.
  public static let policy = RecordKind(rawValue: 2)
  /// A job: an import, a deletion.
  public static let job = RecordKind(rawValue: 3)
  /// Whose a fork is; its id is the fork's number.
  public static let fork = RecordKind(rawValue: 4)
  /// How somebody's page looked, saved under a name.
  public static let view = RecordKind(rawValue: 5)
  /// A query, saved under a name.
  public static let query = RecordKind(rawValue: 6)
}

/// A small named document that belongs to the live world as a whole rather than to a twin: a key, a policy, a job.
///
/// Records are state like everything else: changed by changes, in every checkpoint, and as old as one rewinds. They
/// live in the live world only; forks, diffs, promotions and exports don't carry them.
public struct Record: Hashable, Sendable {
  /// What it is about.
  public let kind: RecordKind
  /// Its id, unique among those of its kind.
  public let id: String
  /// A JSON object.
  public let body: [UInt8]

  /// Makes a record.
  public init(_ kind: RecordKind, _ id: String, _ body: [UInt8]) {
    self.kind = kind
    self.id = id
    self.body = body
  }
}

/// All records of one kind. Never changes: as long as two graphs give the same list (`===`), their records of that
/// kind are the same, so that what was read out of them may be kept.
public final class RecordList: Sendable {
  /// The records, in order of their ids' bytes.
  public let all: [Record]

  /// No records.
  public static let none = RecordList([])

  init(_ all: [Record]) { self.all = all }

  /// Where a record is, or would be.
  private func place(_ id: String) -> (index: Int, isThere: Bool) {
    var low = 0
    var high = all.count
    while low < high {
      let middle = (low + high) / 2
      if all[middle].id.utf8.lexicographicallyPrecedes(id.utf8) { low = middle + 1 } else { high = middle }
    }
    return (low, low < all.count && all[low].id.utf8.elementsEqual(id.utf8))
  }

  /// The record with an id.
  public func find(_ id: String) -> Record? {
    let (index, isThere) = place(id)
    return isThere ? all[index] : nil
  }

  func putting(_ record: Record) -> RecordList {
    let (index, isThere) = place(record.id)
    var list = all
    if isThere { list[index] = record } else { list.insert(record, at: index) }
    return RecordList(list)
  }

  func removing(_ id: String) -> RecordList? {
    let (index, isThere) = place(id)
    guard isThere else { return nil }
    var list = all
    list.remove(at: index)
    return RecordList(list)
  }
}

extension Graph {
  /// The records of a kind; none through a lens. Only the live world's graph has any.
  public func records(_ kind: RecordKind) -> RecordList { lens == nil ? state.records[kind] ?? .none : .none }

  /// Every record, by kind and id; none through a lens.
  public var records: [Record] {
    lens == nil ? state.records.sorted { $0.key.rawValue < $1.key.rawValue }.flatMap { $0.value.all } : []
  }

  mutating func putRecord(_ record: Record) throws(NuriError) {
    let place = "record \(record.kind.rawValue)/\(record.id.prefix(200))"
    guard !record.id.isEmpty, record.id.utf8.count <= GraphLimits.recordIdBytes,
      record.body.count <= GraphLimits.recordBytes
    else {
      throw NuriError(
        .limitExceeded,
        "A record has an id of 1 to \(GraphLimits.recordIdBytes) bytes and at most \(GraphLimits.recordBytes) bytes.",
        at: place)
    }
    guard try JSONDocument(record.body).root.kind == .object else {
      throw NuriError(.invalidValue, "A record is a JSON object.", at: place)
    }
    let list = records(record.kind)
    guard list.all.count < GraphLimits.recordsPerKind || list.find(record.id) != nil else {
      throw NuriError(
        .limitExceeded, "There are \(GraphLimits.recordsPerKind) records of this kind.", at: place)
    }
    own()
    state.records[record.kind] = list.putting(record)
  }

  mutating func deleteRecord(_ kind: RecordKind, _ id: String) throws(NuriError) {
    guard let list = records(kind).removing(id) else {
      throw NuriError(.recordNotFound, "There is no record \"\(id)\" of kind \(kind.rawValue).")
    }
    own()
    state.records[kind] = list.all.isEmpty ? nil : list
  }
}

extension NuriError.Code {
  /// No such record.
  public static let recordNotFound = Self("recordNotFound")
}
