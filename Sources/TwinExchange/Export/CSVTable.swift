public import TwinValues

/// Writes JSON objects as the rows of a CSV file (RFC 4180): nested objects become columns `outer/inner`,
/// arrays and geometries stay JSON text in their cell.
///
/// Rows are handed in twice: first to learn the columns, then to be written.
public struct CSVTable {
  private var columns: [String] = []
  private var indexOfColumn: [String: Int] = [:]
  private let document = JSONDocument()
  private let delimiter: UInt8
  private var file: OutputFile?
  private var pending: [UInt8] = []
  /// Rows written.
  public private(set) var rows = 0

  /// A table without columns yet.
  public init(delimiter: UInt8 = UInt8(ascii: ",")) { self.delimiter = delimiter }

  /// Learns the columns of a row.
  /// - Throws: `limitExceeded` when there are more columns than a CSV file of Nuri may have.
  public mutating func learn(_ row: [UInt8]) throws(NuriError) {
    try document.parse(row.span.bytes)
    var names: [String] = []
    Self.flatten(document.root, "") { name, _ in names.append(name) }
    for name in names where indexOfColumn[name] == nil {
      guard columns.count < ExchangeLimits.columns else {
        throw NuriError(
          .limitExceeded, "The result has more than \(ExchangeLimits.columns) columns.",
          advice: "Project the properties you need.")
      }
      indexOfColumn[name] = columns.count
      columns.append(name)
    }
  }

  /// Opens the file and writes the heading.
  public mutating func begin(_ path: String) throws(NuriError) {
    file = try OutputFile(path)
    write(cells: columns)
  }

  /// Writes a row whose columns have been learnt.
  public mutating func add(_ row: [UInt8]) throws(NuriError) {
    try document.parse(row.span.bytes)
    var cells = [String](repeating: "", count: columns.count)
    Self.flatten(document.root, "") { name, node in
      guard let column = indexOfColumn[name] else { return }
      cells[column] = node.isNull ? "" : node.string ?? node.sourceText
    }
    write(cells: cells)
    rows += 1
    if pending.count >= ExchangeLimits.blockBytes { try flush() }
  }

  /// Completes the file.
  public mutating func end() throws(NuriError) {
    try flush()
    try file?.finish()
  }

  private mutating func flush() throws(NuriError) {
    try file?.write(pending)
    pending.removeAll(keepingCapacity: true)
  }

  private mutating func write(cells: [String]) {
    for (i, cell) in cells.enumerated() {
      if i > 0 { pending.append(delimiter) }
      let needsQuotes = cell.utf8.contains { $0 == delimiter || $0 == 0x22 || $0 == 0x0a || $0 == 0x0d }
      if !needsQuotes {
        pending.append(contentsOf: cell.utf8)
        continue
      }
      pending.append(0x22)
      for byte in cell.utf8 {
        if byte == 0x22 { pending.append(0x22) }
        pending.append(byte)
      }
      pending.append(0x22)
    }
    pending.append(contentsOf: [0x0d, 0x0a])
  }

  private static func flatten(_ node: JSONNode, _ name: String, _ body: (String, JSONNode) -> Void) {
    guard node.kind == .object, node["coordinates"] == nil else {
      return body(name.isEmpty ? "value" : name, node)
    }
    for (key, value) in node.members { flatten(value, name.isEmpty ? key : "\(name)/\(key)", body) }
  }
}
