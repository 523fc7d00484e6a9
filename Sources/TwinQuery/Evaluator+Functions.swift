import TwinValues

extension Evaluator {
  /// A function that answers yes or no; `nil` when it can't be asked of this row.
  func call(_ function: Function, _ arguments: [Term]) -> Bool? {
    switch function {
    case .isDefined, .isNull, .isBool, .isNumber, .isString, .isObject, .isPrimitive:
      return isKind(function, cell(arguments[0]))
    case .startsWith, .endsWith, .contains:
      guard case .value(.string(let text)) = cell(arguments[0]),
        case .value(.string(let part)) = cell(arguments[1])
      else { return nil }
      return function.holds(text, part)
    case .arrayContains: return arrayContains(cell(arguments[0]), cell(arguments[1]))
    case .within:
      guard let inner = geometry(arguments[0]), let outer = geometry(arguments[1]) else { return nil }
      return inner.isWithin(outer)
    case .distance, .point: return nil
    }
  }

  /// The IS_ functions always have an answer: a missing value is simply of no kind.
  private func isKind(_ function: Function, _ cell: Cell) -> Bool {
    switch cell {
    case .missing: return false
    case .null: return function == .isDefined || function == .isNull || function == .isPrimitive
    case .twin, .relationship, .difference: return function == .isDefined || function == .isObject
    case .value(let value):
      switch (function, value) {
      case (.isDefined, _), (.isBool, .bool), (.isString, .string), (.isNumber, .integer),
        (.isNumber, .unsigned), (.isNumber, .double):
        return true
      case (.isObject, .json(let json)): return json.first == UInt8(ascii: "{")
      case (.isPrimitive, .json): return false
      case (.isPrimitive, _): return true
      default: return false
      }
    }
  }

  /// Looks at the elements themselves, not inside nested arrays or objects.
  private func arrayContains(_ array: Cell, _ wanted: Cell) -> Bool? {
    guard case .value(.json(let json)) = array, let root = parsed(json), root.kind == .array else {
      return nil
    }
    if case .missing = wanted { return nil }
    for element in root.elements where Cell.compare(.equal, Cell(element), wanted) == true { return true }
    return false
  }

  func geometry(_ term: Term) -> Geometry? {
    if case .geometry(let geometry) = term { return geometry }
    guard case .value(.json(let json)) = cell(term), let root = parsed(json) else { return nil }
    return Geometry(root)
  }
}

extension Function {
  /// STARTSWITH, ENDSWITH and CONTAINS over bytes.
  func holds(_ text: String, _ part: String) -> Bool {
    var text = text
    var part = part
    return text.withUTF8 { text in part.withUTF8 { holds(text, $0) } }
  }

  func holds(_ text: UnsafeBufferPointer<UInt8>, _ part: UnsafeBufferPointer<UInt8>) -> Bool {
    guard part.count <= text.count else { return false }
    switch self {
    case .startsWith: return text.starts(with: part)
    case .endsWith: return text.suffix(part.count).elementsEqual(part)
    default:
      guard let first = part.first else { return true }
      var at = 0
      while at <= text.count - part.count {
        if text[at] == first, text[at...].starts(with: part) { return true }
        at += 1
      }
      return false
    }
  }
}
