import TwinValues

/// What a value of a mapping comes to in one row.
enum MappedOutcome {
  /// Nothing to set.
  case empty
  /// A value, as compact JSON.
  case json([UInt8])
  /// A cell that can't be read; why.
  case unusable(String)
}

/// Evaluates the values of a mapping against rows.
struct RowReader {
  private let indexOfColumn: [String: Int]

  /// - Throws: when the mapping reads a column that the file does not have.
  init(_ mapping: Mapping, columns: [String], file: String) throws(NuriError) {
    indexOfColumn = Dictionary(columns.enumerated().map { ($1, $0) }) { first, _ in first }
    for column in mapping.columns.sorted() where indexOfColumn[column] == nil {
      throw NuriError(
        .invalidMapping, "The mapping reads a column \"\(column)\" that the file does not have.", at: file,
        advice: "Its columns are \(columns.prefix(40).joined(separator: ", ")).")
    }
  }

  func cell(_ column: String, _ row: TableRow) -> String? {
    indexOfColumn[column].flatMap { row.cells[$0] }
  }

  /// A text with its columns filled in; `nil` when one of them is empty.
  func text(_ template: TextTemplate, _ row: TableRow) -> String? {
    var text = ""
    for part in template.parts {
      switch part {
      case .text(let fixed): text += fixed
      case .column(let column):
        guard let cell = cell(column, row) else { return nil }
        text += cell
      }
    }
    return text
  }

  func evaluate(_ value: MappedValue, _ row: TableRow) -> MappedOutcome {
    switch value {
    case .constant(let json): return json == Array("null".utf8) ? .empty : .json(json)
    case .text(let template):
      guard let text = text(template, row) else { return .empty }
      return .json(quoted(text))
    case .column(let column): return evaluate(column, row)
    case .point(let longitude, let latitude): return point(longitude, latitude, row)
    case .geometry(let schema): return geometry(schema, row)
    }
  }

  private func evaluate(_ column: MappedColumn, _ row: TableRow) -> MappedOutcome {
    guard let cell = cell(column.name, row) else { return .empty }
    if let values = column.values {
      guard let value = values[cell] ?? column.otherwise, value != Array("null".utf8) else { return .empty }
      return .json(value)
    }
    let trimmed = String(cell.trimmingBlanks)
    switch column.kind {
    case .string: return .json(quoted(cell))
    case .integer:
      return Int32(trimmed).map { .json(Array(String($0).utf8)) }
        ?? unusable(column, cell, "a 32-bit integer")
    case .long:
      return Int64(trimmed).map { .json(Array(String($0).utf8)) } ?? unusable(column, cell, "an integer")
    case .double:
      guard let number = Double(trimmed), number.isFinite else { return unusable(column, cell, "a number") }
      return .json(json(number))
    case .boolean:
      switch trimmed.lowercased() {
      case "true", "yes", "1": return .json(Array("true".utf8))
      case "false", "no", "0": return .json(Array("false".utf8))
      default: return unusable(column, cell, "a boolean")
      }
    case .date:
      guard trimmed.utf8.count == 10, (try? Instant(trimmed)) != nil else {
        return unusable(column, cell, "a date")
      }
      return .json(quoted(trimmed))
    case .dateTime:
      guard trimmed.utf8.count > 10, (try? Instant(trimmed)) != nil else {
        return unusable(column, cell, "a date and time")
      }
      return .json(quoted(trimmed))
    }
  }

  private func unusable(_ column: MappedColumn, _ cell: String, _ what: String) -> MappedOutcome {
    .unusable("\"\(cell)\" in column \"\(column.name)\" is not \(what)")
  }

  private func point(_ longitude: String, _ latitude: String, _ row: TableRow) -> MappedOutcome {
    guard let x = cell(longitude, row), let y = cell(latitude, row) else { return .empty }
    guard let east = Double(String(x.trimmingBlanks)), let north = Double(String(y.trimmingBlanks)),
      (-180...180).contains(east), (-90...90).contains(north)
    else { return .unusable("\"\(x)\", \"\(y)\" is not a longitude and latitude") }
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("type")
    writer.string("Point")
    writer.key("coordinates")
    writer.beginArray()
    writer.double(east)
    writer.double(north)
    writer.endArray()
    writer.endObject()
    return .json(writer.bytes)
  }

  private func geometry(_ schema: String, _ row: TableRow) -> MappedOutcome {
    guard let geometry = row.geometry else { return .empty }
    let wanted = MappedValue.typeOfSchema[schema] ?? ""
    let type = geometry["type"]?.string ?? ""
    guard let coordinates = geometry["coordinates"], type == wanted || "Multi\(type)" == wanted else {
      return .unusable("the geometry is a \(type), not a \(wanted)")
    }
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("type")
    writer.string(wanted)
    writer.key("coordinates")
    if type != wanted { writer.beginArray() }
    writer.node(coordinates)
    if type != wanted { writer.endArray() }
    writer.endObject()
    return .json(writer.bytes)
  }

  private func quoted(_ text: String) -> [UInt8] {
    var writer = JSONWriter()
    writer.string(text)
    return writer.bytes
  }

  private func json(_ number: Double) -> [UInt8] {
    var writer = JSONWriter()
    writer.double(number)
    return writer.bytes
  }
}

extension String {
  /// The text without blanks and tabs at its ends.
  fileprivate var trimmingBlanks: Substring {
    var rest = self[...]
    while let first = rest.first, first == " " || first == "\t" { rest.removeFirst() }
    while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
    return rest
  }
}
