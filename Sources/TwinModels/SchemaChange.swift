import TwinValues

/// What a change of schema means for values that the old one allowed.
public enum SchemaChange: String, Sendable {
  /// The two allow the same values.
  case same
  /// The new one allows all that the old one did, and more.
  case widened
  /// The new one allows some of what the old one did, and nothing else.
  case narrowed
  /// Each allows values that the other does not.
  case incompatible

  /// Both changes at once.
  func and(_ other: SchemaChange) -> SchemaChange {
    if self == .same || self == other { return other }
    return other == .same ? self : .incompatible
  }

  /// The change from one schema to another.
  public static func between(_ old: Schema, _ new: Schema) -> SchemaChange {
    var comparison = SchemaComparison()
    return comparison.compare(old, new)
  }

  /// The change that makes `old` into `new`, tried in both directions with a test of containment.
  fileprivate static func containment<T>(_ old: T, _ new: T, _ contains: (T, T) -> Bool) -> SchemaChange {
    switch (contains(new, old), contains(old, new)) {
    case (true, true): .same
    case (true, false): .widened
    case (false, true): .narrowed
    case (false, false): .incompatible
    }
  }
}

/// Compares schemas pair by pair, each pair once and without recursion, since schemas may hold themselves. The
/// change of the whole is the change of all its parts together.
private struct SchemaComparison {
  private struct Pair: Hashable {
    let old: ObjectIdentifier
    let new: ObjectIdentifier
  }

  private var seen: Set<Pair> = []
  private var pending: [(old: Schema, new: Schema)] = []

  mutating func compare(_ old: Schema, _ new: Schema) -> SchemaChange {
    pending = [(old, new)]
    var change = SchemaChange.same
    while let (old, new) = pending.popLast() {
      guard seen.insert(Pair(old: ObjectIdentifier(old), new: ObjectIdentifier(new))).inserted else {
        continue
      }
      change = change.and(compareTop(old, new))
    }
    return change
  }

  /// The change at the top of two schemas; what is inside them waits.
  private mutating func compareTop(_ old: Schema, _ new: Schema) -> SchemaChange {
    switch (old.kind, new.kind) {
    case (.primitive(let a), .primitive(let b)): return .containment(a, b) { $0.allows($1) }
    case (.enumeration(let a), .enumeration(let b)):
      return .containment(a, b) { wide, narrow in narrow.members.allSatisfy { wide.contains($0.value) } }
    case (.enumeration(let a), .primitive(let b)): return b.allows(a.valueSchema) ? .widened : .incompatible
    case (.primitive(let a), .enumeration(let b)): return a.allows(b.valueSchema) ? .narrowed : .incompatible
    case (.object(let a), .object(let b)): return compareFields(a, b)
    case (.map(let a), .map(let b)): pending.append((a.value, b.value))
    case (.array(let a), .array(let b)): pending.append((a, b))
    case (.geospatial(let a), .geospatial(let b)): return a == b ? .same : .incompatible
    default: return .incompatible
    }
    return .same
  }

  private mutating func compareFields(_ old: ObjectSchema, _ new: ObjectSchema) -> SchemaChange {
    var change = SchemaChange.same
    for field in old.fields {
      guard let other = new.field(field.name) else {
        change = change.and(.narrowed)
        continue
      }
      pending.append((field.schema, other.schema))
      if field.isRequired != other.isRequired { change = change.and(field.isRequired ? .widened : .narrowed) }
    }
    for field in new.fields where old.field(field.name) == nil {
      change = change.and(field.isRequired ? .incompatible : .widened)
    }
    return change
  }
}

extension PrimitiveSchema {
  /// Whether every value of `other` is one of this schema too, as JSON.
  fileprivate func allows(_ other: PrimitiveSchema) -> Bool {
    if self == other { return true }
    switch (self, other) {
    case (.double, .float): return true
    case (.double, .byte), (.double, .short), (.double, .integer), (.double, .unsignedByte),
      (.double, .unsignedShort), (.double, .unsignedInteger), (.float, .byte), (.float, .short),
      (.float, .unsignedByte), (.float, .unsignedShort):
      return true
    case (.string, _): return PrimitiveSchema.texts.contains(other)
    default: return containsIntegers(of: other)
    }
  }

  /// Schemas whose values JSON carries as strings.
  private static let texts: Set<PrimitiveSchema> = [
    .bytes, .date, .dateTime, .decimal, .duration, .time, .uuid,
  ]

  private func containsIntegers(of other: PrimitiveSchema) -> Bool {
    if let mine = signedRange {
      if let theirs = other.signedRange {
        return mine.contains(theirs.lowerBound) && mine.contains(theirs.upperBound)
      }
      return other.unsignedMaximum.map { $0 <= UInt64(mine.upperBound) } ?? false
    }
    guard let mine = unsignedMaximum, let theirs = other.unsignedMaximum else { return false }
    return theirs <= mine
  }
}
