/// What changes with a twin besides its property values: 24 bytes. Its relationships' side is in `TwinLinks`, so that
/// a page which an update under a held snapshot copies is half as large.
struct TwinRecord: BitwiseCopyable {
  private var sequenceAndTable: UInt64 = 0
  private var timeAndFlags: UInt64 = 0
  var row: UInt32 = 0
  private var unused: UInt32 = 0

  /// The last change of the twin itself (its ETag), below 2^48.
  var sequence: UInt64 {
    get { sequenceAndTable >> 16 }
    set { sequenceAndTable = newValue << 16 | sequenceAndTable & 0xffff }
  }
  var table: Int {
    get { Int(sequenceAndTable & 0xffff) }
    set { sequenceAndTable = sequenceAndTable & ~0xffff | UInt64(newValue) }
  }
  /// When it last changed, milliseconds since the epoch (negative before it).
  var time: Int64 {
    get { Int64(bitPattern: timeAndFlags) >> 8 }
    set { timeAndFlags = UInt64(bitPattern: newValue << 8) | timeAndFlags & 0xff }
  }
  /// Whether the twin exists; a deleted twin keeps its record so that its id still leads to its history.
  var isAlive: Bool {
    get { timeAndFlags & 1 != 0 }
    set { timeAndFlags = timeAndFlags & ~1 | (newValue ? 1 : 0) }
  }
  /// Whether its outgoing relationships are in the hash index (it had many at some time).
  var isHub: Bool {
    get { timeAndFlags & 2 != 0 }
    set { timeAndFlags = timeAndFlags & ~2 | (newValue ? 2 : 0) }
  }
}

/// Where a twin's relationships begin, and how many there are: 24 bytes.
struct TwinLinks: BitwiseCopyable {
  /// The last change of one of its outgoing relationships, 0 for none.
  var relationSequence: UInt64 = 0
  var firstOut: UInt32 = .max
  var firstIn: UInt32 = .max
  var outCount: UInt32 = 0
  var inCount: UInt32 = 0
}

/// A relationship: 32 bytes, in two doubly linked lists (of its source and of its target).
struct RelationshipRecord: BitwiseCopyable {
  private var sequenceAndName: UInt64 = 0
  /// The source twin; `.max` when the record is free (then `nextOut` links to the next free one).
  var source: UInt32 = .max
  var target: UInt32 = .max
  var nextOut: UInt32 = .max
  var previousOut: UInt32 = .max
  var nextIn: UInt32 = .max
  var previousIn: UInt32 = .max

  /// The last change of the relationship (its ETag), below 2^48.
  var sequence: UInt64 {
    get { sequenceAndName >> 16 }
    set { sequenceAndName = newValue << 16 | sequenceAndName & 0xffff }
  }
  /// Index into the graph's relationship names.
  var name: Int {
    get { Int(sequenceAndName & 0xffff) }
    set { sequenceAndName = sequenceAndName & ~0xffff | UInt64(newValue) }
  }
}
