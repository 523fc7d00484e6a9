public import TwinValues

/// One row of a difference between two worlds: what `FROM DIFF(…)` ranges over. The engine makes them.
public struct DifferenceRow: Hashable, Sendable {
  /// `twin` or `relationship`, then what happened: `twinAdded`, `twinRemoved`, `propertyChanged`, …
  public var kind: String
  /// The twin, or `source/relationship`.
  public var id: String
  /// The twin's model or the relationship's name.
  public var model: String?
  /// The property that differs; `nil` where the whole thing came or went.
  public var property: String?
  /// What it is on the first side.
  public var old: Value?
  /// What it is on the second side.
  public var new: Value?

  /// Makes a row.
  public init(
    kind: String, id: String, model: String? = nil, property: String? = nil, old: Value? = nil,
    new: Value? = nil
  ) {
    self.kind = kind
    self.id = id
    self.model = model
    self.property = property
    self.old = old
    self.new = new
  }

  func cell(_ column: String) -> Cell {
    switch column {
    case "kind": .text(kind)
    case "id": .text(id)
    case "model": model.map { .text($0) } ?? .missing
    case "property": property.map { .text($0) } ?? .missing
    case "old": old.map { .value($0) } ?? .missing
    case "new": new.map { .value($0) } ?? .missing
    default: .missing
    }
  }

  func write(into writer: inout JSONWriter) {
    writer.beginObject()
    for column in Query.differenceColumns {
      guard case .value(let value) = cell(column) else { continue }
      writer.key(column)
      writer.value(value)
    }
    writer.endObject()
  }
}
