import TwinValues

extension Query: CustomStringConvertible {
  /// The query as text that parses to an equal query.
  public var description: String {
    var text = isExplained ? "EXPLAIN SELECT" : "SELECT"
    if let top { text += " TOP(\(top))" }
    if selectsAll {
      text += " *"
    } else {
      text +=
        " "
        + selection.map { $0.expression.text() + ($0.alias.map(asText) ?? "") }
        .joined(separator: ", ")
    }
    text += " FROM " + sourceText
    if let condition { text += " WHERE " + condition.text() }
    if !groups.isEmpty { text += " GROUP BY " + groups.map { $0.text() }.joined(separator: ", ") }
    if !orders.isEmpty {
      text += " ORDER BY "
      text += orders.map { $0.expression.text() + ($0.isDescending ? " DESC" : "") }.joined(separator: ", ")
    }
    if let limit { text += " LIMIT \(limit)" }
    if let offset { text += " OFFSET \(offset)" }
    return text
  }

  private var sourceText: String {
    var text: String
    switch source.kind {
    case .twins: text = "DIGITALTWINS"
    case .relationships: text = "RELATIONSHIPS"
    case .difference(let before, let after):
      text = "DIFF(\(sideText(before)), \(sideText(after)))"
    }
    if let alias = source.alias { text += asText(alias) }
    if let name = source.world.name { text += " IN WORLD " + quotedText(name) }
    if let asOf = source.world.asOf { text += " " + asOfText(asOf) }
    for join in source.joins {
      text += " JOIN " + quoted(collections[join.target].name ?? "")
      text += " RELATED " + quoted(collections[join.from].name ?? "") + "." + quoted(join.name)
      if let alias = collections[join.relationship].name { text += asText(alias) }
    }
    if let pattern = source.pattern { text += " MATCH " + patternText(pattern) }
    return text
  }

  private func sideText(_ side: WorldReference) -> String {
    var parts: [String] = []
    if let name = side.name { parts.append("WORLD " + quotedText(name)) }
    if let asOf = side.asOf { parts.append(asOfText(asOf)) }
    return parts.joined(separator: " ")
  }

  private func asOfText(_ asOf: WorldReference.AsOf) -> String {
    switch asOf {
    case .instant(let instant): "AS OF '\(instant)'"
    case .sequence(let sequence): "AS OF \(sequence)"
    }
  }

  private func patternText(_ pattern: Pattern) -> String {
    var text = nodeText(pattern.nodes[0])
    for (step, node) in zip(pattern.steps, pattern.nodes.dropFirst()) {
      text += stepText(step) + nodeText(node)
    }
    return text
  }

  private func nodeText(_ node: Int) -> String { "(" + (collections[node].name.map(quoted) ?? "") + ")" }

  func stepText(_ step: Step) -> String {
    var inside = step.relationship.flatMap { collections[$0].name }.map(quoted) ?? ""
    // A blank keeps "[" apart from a name's own brackets.
    if inside.hasPrefix("[") { inside = " " + inside }
    if !step.names.isEmpty { inside += ":" + step.names.map(quoted).joined(separator: "|") }
    switch step.hops {
    case .one: break
    case .exact(let hops): inside += "*\(hops)"
    case .range(let above, let upTo): inside += "*\(above.map(String.init) ?? "")..\(upTo)"
    }
    return (step.direction == .left ? "<-[" : "-[") + inside + (step.direction == .right ? "]->" : "]-")
  }
}

/// A name as it must be written: plain, or in double square brackets.
func quoted(_ name: String) -> String {
  Lexer.isPlain(name) && !reservedWords.contains(name.uppercased()) ? name : "[[\(name)]]"
}

/// `AS name`; in brackets where it would read as AS OF.
private func asText(_ name: String) -> String {
  " AS " + (name.uppercased() == "OF" ? "[[\(name)]]" : quoted(name))
}

/// A text literal.
func quotedText(_ text: String) -> String {
  var result = "'"
  for scalar in text.unicodeScalars {
    switch scalar {
    case "'": result += "\\'"
    case "\\": result += "\\\\"
    case "\n": result += "\\n"
    case "\r": result += "\\r"
    case "\t": result += "\\t"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "'"
}

extension Expression {
  /// How tightly the outermost operator binds.
  private var strength: Int {
    switch self {
    case .any: 1
    case .all: 2
    case .not: 3
    case .compare, .member: 4
    case .arithmetic(.add, _, _), .arithmetic(.subtract, _, _): 5
    case .arithmetic: 6
    case .negate: 7
    case .null, .literal, .path, .output, .call, .isOfModel, .aggregate: 8
    }
  }

  /// The expression as text, in parentheses when it binds less tightly than `least`.
  func text(_ least: Int = 0) -> String {
    let bare = bareText
    return strength < least ? "(\(bare))" : bare
  }

  private var bareText: String {
    switch self {
    case .null: return "null"
    case .literal(let value, _): return literalText(value)
    case .path(let path): return pathText(path)
    case .output(_, let name, _): return quoted(name)
    case .not(let inner): return "NOT " + inner.text(3)
    case .all(let parts): return parts.map { $0.text(3) }.joined(separator: " AND ")
    case .any(let parts): return parts.map { $0.text(2) }.joined(separator: " OR ")
    case .compare(let comparison, let left, let right):
      return "\(left.text(5)) \(comparison.rawValue) \(right.text(5))"
    case .member(let value, let list, let isNegated):
      let values = list.map { $0.text() }.joined(separator: ", ")
      return "\(value.text(5)) \(isNegated ? "NIN" : "IN") [\(values)]"
    case .negate(let inner): return "-" + inner.text(8)
    case .arithmetic(let operation, let left, let right):
      return "\(left.text(strength)) \(operation.rawValue) \(right.text(strength + 1))"
    case .call(let function, let arguments, _):
      return "\(function.rawValue)(\(arguments.map { $0.text() }.joined(separator: ", ")))"
    case .isOfModel(let path, _, let model, let isExact, _):
      return
        "IS_OF_MODEL(\(path.map { pathText($0) + ", " } ?? "")\(quotedText(model))\(isExact ? ", exact" : ""))"
    case .aggregate(let aggregate, let inner, _):
      return "\(aggregate.rawValue)(\(inner?.text() ?? ""))"
    }
  }

  private func literalText(_ value: Value) -> String {
    switch value {
    case .bool(let truth): truth ? "true" : "false"
    case .integer(let number): String(number)
    case .unsigned(let number): String(number)
    case .double(let number): number.description
    case .string(let text): quotedText(text)
    case .json(let bytes): String(decoding: bytes, as: UTF8.self)
    }
  }

  private func pathText(_ path: Path) -> String { path.parts.map(quoted).joined(separator: ".") }
}
