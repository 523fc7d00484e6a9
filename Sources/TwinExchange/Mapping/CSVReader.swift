import TwinValues

/// Reads CSV as RFC 4180 has it: quoted cells may hold delimiters, line feeds and doubled quotes. UTF-8, with
/// or without a byte-order mark; lines end in LF or CRLF; the first line names the columns.
struct CSVReader: RowSource {
  let columns: [String]
  let rowWord = "line"
  private var parser: CSVParser

  var bytesRead: Int64 { parser.bytesRead }

  init(_ file: InputFile, delimiter: UInt8 = UInt8(ascii: ",")) throws(NuriError) {
    parser = CSVParser(file, delimiter: delimiter)
    guard let heading = try parser.next() else {
      throw NuriError(
        .invalidImport, "The file is empty.", at: file.name, advice: "The first line names the columns.")
    }
    guard heading.count <= ExchangeLimits.columns else {
      throw NuriError(
        .limitExceeded, "The file has \(heading.count) columns; the limit is \(ExchangeLimits.columns).",
        at: file.name)
    }
    var seen: Set<String> = []
    for name in heading where !seen.insert(name).inserted {
      throw NuriError(
        .invalidImport, "The column \"\(name)\" comes twice.", at: parser.place,
        advice: "Rename one in the file's first line.")
    }
    columns = heading
  }

  mutating func next() throws(NuriError) -> TableRow? {
    guard let cells = try parser.next() else { return nil }
    guard cells.count == columns.count else {
      throw NuriError(
        .invalidImport, "The row has \(cells.count) cells; the first line names \(columns.count) columns.",
        at: parser.place, advice: "Is the delimiter right, and is every cell with a delimiter quoted?")
    }
    return TableRow(number: parser.rowLine, cells: cells.map { $0.isEmpty ? nil : $0 })
  }
}

/// Splits bytes into rows of cells.
struct CSVParser {
  private let file: InputFile
  private let delimiter: UInt8
  private var buffer = [UInt8](repeating: 0, count: 1 << 16)
  private var at = 0
  private var end = 0
  private var isAtStart = true
  private var line = 1
  /// The line the row read last starts on.
  private(set) var rowLine = 0

  init(_ file: InputFile, delimiter: UInt8) {
    self.file = file
    self.delimiter = delimiter
  }

  var bytesRead: Int64 { file.bytesRead }
  var place: String { "\(file.name), line \(rowLine)" }

  /// The next row that is not blank; `nil` at the end.
  mutating func next() throws(NuriError) -> [String]? {
    while true {
      guard try peek() != nil else { return nil }
      rowLine = line
      let cells = try row()
      if cells.count > 1 || cells.first?.isEmpty == false { return cells }
    }
  }

  private mutating func peek() throws(NuriError) -> UInt8? {
    if at == end {
      var count = 0
      var failure: NuriError?
      buffer.withUnsafeMutableBytes { raw in
        do throws(NuriError) { count = try file.read(into: raw) } catch { failure = error }
      }
      if let failure { throw failure }
      at = 0
      end = count
      if isAtStart {
        isAtStart = false
        if buffer[..<end].starts(with: [0xef, 0xbb, 0xbf]) { at = 3 }
      }
      if at == end { return nil }
    }
    return buffer[at]
  }

  private mutating func row() throws(NuriError) -> [String] {
    var cells: [String] = []
    var bytes = 0
    while true {
      let (cell, isLast) = try cell(room: ExchangeLimits.rowBytes - bytes)
      bytes += cell.count
      guard let text = String(validating: cell, as: UTF8.self) else {
        throw NuriError(
          .invalidImport, "Cell \(cells.count + 1) is not UTF-8.", at: place,
          advice: "Convert the file to UTF-8, from CP949 for example: iconv -f CP949 -t UTF-8.")
      }
      cells.append(text)
      if isLast { return cells }
    }
  }

  /// One cell, and whether it ends its row.
  private mutating func cell(room: Int) throws(NuriError) -> ([UInt8], Bool) {
    var cell: [UInt8] = []
    if try peek() == UInt8(ascii: "\"") {
      at += 1
      try quoted(into: &cell, room: room)
    }
    let wasQuoted = isAfterQuote
    isAfterQuote = false
    while let byte = try peek() {
      at += 1
      switch byte {
      case delimiter: return (cell, false)
      case 0x0a:
        line += 1
        return (cell, true)
      case 0x0d:
        if try peek() == 0x0a { continue }
        cell.append(byte)
      case UInt8(ascii: "\"") where !wasQuoted && !cell.isEmpty:
        throw fault("A quote stands inside a cell that is not quoted")
      default:
        if wasQuoted { throw fault("Text stands after a closing quote") }
        cell.append(byte)
      }
      if cell.count > room { throw tooLong() }
    }
    return (cell, true)
  }

  private var isAfterQuote = false

  private mutating func quoted(into cell: inout [UInt8], room: Int) throws(NuriError) {
    isAfterQuote = true
    while let byte = try peek() {
      at += 1
      if byte == UInt8(ascii: "\"") {
        guard try peek() == byte else { return }
        at += 1
      }
      if byte == 0x0a { line += 1 }
      cell.append(byte)
      if cell.count > room { throw tooLong() }
    }
    throw fault("A quoted cell does not end")
  }

  private func fault(_ message: String) -> NuriError {
    NuriError(
      .invalidImport, "\(message).", at: place,
      advice: "Put the whole cell in quotes and double the quotes inside it.")
  }

  private func tooLong() -> NuriError {
    NuriError(
      .limitExceeded, "The row is longer than \(ExchangeLimits.rowBytes) bytes.", at: place,
      advice: "Is a closing quote missing?")
  }
}
