public import TwinValues

/// The expression of an event route, read once and asked of every event.
///
/// ```
/// filter     := and (OR and)*
/// and        := not (AND not)*
/// not        := NOT not | true | false | '(' filter ')' | function | comparison
/// function   := (STARTS_WITH | ENDS_WITH | CONTAINS) '(' operand ',' operand ')'
/// comparison := operand (= | != | < | <= | > | >=) operand | operand [NOT] IN '[' literal (',' literal)* ']'
/// operand    := literal | true | false | null | name ('.' name)*
/// ```
///
/// Names start with a letter, `_` or `$`: `type`, `source`, `$eventType`, `$body.$metadata.$model`; their case counts.
/// Texts stand in single quotes, with a backslash before a quote or a backslash; their case counts too. Keywords are
/// the same in any case. What an event does not have is `null`. Values of different kinds are never equal, and neither
/// is less than the other.
public struct EventFilter: Sendable {
  /// A value in an event or a filter.
  public enum Value: Hashable, Sendable {
    /// Nothing there.
    case null
    /// A truth value.
    case bool(Bool)
    /// A number.
    case number(Double)
    /// A text.
    case text(String)
    /// An object or an array: equal to nothing a filter can say, but not `null`.
    case other
  }

  indirect enum Condition: Sendable {
    case constant(Bool)
    case both(Condition, Condition)
    case either(Condition, Condition)
    case not(Condition)
    case compare(Operand, Comparison, Operand)
    case oneOf(Operand, [Value])
    case text(TextTest, Operand, Operand)
  }

  enum Operand: Sendable {
    case literal(Value)
    case name([String])
  }

  enum Comparison: String, Sendable, CaseIterable {
    case equal = "="
    case unequal = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
  }

  enum TextTest: String, Sendable, CaseIterable {
    case startsWith = "STARTS_WITH"
    case endsWith = "ENDS_WITH"
    case contains = "CONTAINS"
  }

  private let condition: Condition

  /// Reads a filter.
  /// - Throws: `NuriError` with code `invalidEventFilter`, saying at which character.
  public init(_ text: String) throws(NuriError) { condition = try EventFilterParser.condition(of: text) }

  /// Whether an event passes.
  /// - Parameter look: gives the value of a name, its parts between dots; `nil` when it is not known yet.
  /// - Returns: `nil` when that depends on what is not known yet.
  public func passes(_ look: ([String]) -> Value?) -> Bool? { condition.holds(look) }
}

extension EventFilter.Condition {
  func holds(_ look: ([String]) -> EventFilter.Value?) -> Bool? {
    switch self {
    case .constant(let holds): return holds
    case .not(let inner): return inner.holds(look).map { !$0 }
    case .both(let a, let b):
      let first = a.holds(look)
      if first == false { return false }
      let second = b.holds(look)
      return second == false ? false : first.flatMap { _ in second }
    case .either(let a, let b):
      let first = a.holds(look)
      if first == true { return true }
      let second = b.holds(look)
      return second == true ? true : first.flatMap { _ in second }
    case .compare(let a, let comparison, let b):
      guard let a = a.value(look), let b = b.value(look) else { return nil }
      return comparison.holds(a, b)
    case .oneOf(let operand, let values): return operand.value(look).map { values.contains($0) }
    case .text(let test, let a, let b):
      guard let a = a.value(look), let b = b.value(look) else { return nil }
      guard case .text(let text) = a, case .text(let part) = b else { return false }
      return test.holds(text, part)
    }
  }
}

extension EventFilter.Operand {
  fileprivate func value(_ look: ([String]) -> EventFilter.Value?) -> EventFilter.Value? {
    switch self {
    case .literal(let value): value
    case .name(let parts): look(parts)
    }
  }
}

extension EventFilter.Comparison {
  fileprivate func holds(_ a: EventFilter.Value, _ b: EventFilter.Value) -> Bool {
    switch self {
    case .equal: a == b && a != .other
    case .unequal: a != b || a == .other
    case .less: a.isLess(than: b) ?? false
    case .lessOrEqual: a == b && a.hasOrder || a.isLess(than: b) ?? false
    case .greater: b.isLess(than: a) ?? false
    case .greaterOrEqual: a == b && a.hasOrder || b.isLess(than: a) ?? false
    }
  }
}

extension EventFilter.TextTest {
  /// Byte by byte: texts that only look the same are two texts, as everywhere.
  fileprivate func holds(_ text: String, _ part: String) -> Bool {
    let text = Array(text.utf8)
    let part = Array(part.utf8)
    guard part.count <= text.count else { return false }
    switch self {
    case .startsWith: return text.starts(with: part)
    case .endsWith: return text.suffix(part.count).elementsEqual(part)
    case .contains:
      return part.isEmpty
        || (0...text.count - part.count).contains { text[$0..<$0 + part.count].elementsEqual(part) }
    }
  }
}

extension EventFilter.Value {
  /// Equal to the byte.
  public static func == (a: Self, b: Self) -> Bool {
    switch (a, b) {
    case (.null, .null), (.other, .other): true
    case (.bool(let a), .bool(let b)): a == b
    case (.number(let a), .number(let b)): a == b
    case (.text(let a), .text(let b)): a.utf8.elementsEqual(b.utf8)
    default: false
    }
  }

  fileprivate var hasOrder: Bool {
    switch self {
    case .number, .text: true
    case .null, .bool, .other: false
    }
  }

  /// Numbers by size, texts by their bytes; `nil` for what has no order.
  fileprivate func isLess(than other: Self) -> Bool? {
    switch (self, other) {
    case (.number(let a), .number(let b)): a < b
    case (.text(let a), .text(let b)): a.utf8.lexicographicallyPrecedes(b.utf8)
    default: nil
    }
  }

  /// The value of a JSON node.
  public init(_ node: JSONNode?) {
    switch node?.kind {
    case nil, .null?: self = .null
    case .bool?: self = .bool(node?.bool ?? false)
    case .integer?, .number?: self = .number(node?.double ?? 0)
    case .string?: self = .text(node?.string ?? "")
    case .array?, .object?: self = .other
    }
  }
}

extension NuriError.Code {
  /// The filter of an event route that can't be read.
  public static let invalidEventFilter = Self("invalidEventFilter")
}

extension EngineLimits {
  /// Parentheses inside parentheses, and NOT after NOT, of an event route's filter.
  public static let eventFilterNesting = 32
}
