import TwinValues

/// The sections of an import file, in the only order they may have.
public enum ImportSection: String, CaseIterable, Sendable {
  /// The version of the format.
  case header = "Header"
  /// Models, a DTDL interface a line.
  case models = "Models"
  /// Twins.
  case twins = "Twins"
  /// Relationships.
  case relationships = "Relationships"

  var order: Int {
    switch self {
    case .header: 0
    case .models: 1
    case .twins: 2
    case .relationships: 3
    }
  }
}

/// Reads a file in the format of Azure Digital Twins' import jobs: NDJSON in sections.
///
/// One JSON document is parsed into again and again; `root` is valid until the next record.
struct ImportReader {
  let lines: LineReader
  private let document = JSONDocument()
  private(set) var section: ImportSection?
  /// Whether the last error was about one record alone, so that reading may go on after it.
  private(set) var isRecordFault = false
  private var hasVersion = false

  /// The version of the format.
  static let version = "1.0.0"

  init(_ lines: LineReader) { self.lines = lines }

  /// The record read last.
  var root: JSONNode { document.root }

  /// Goes to the next model, twin or relationship; `nil` at the end.
  ///
  /// Lines up to `skipped` are passed over, except that section marks count.
  mutating func next(after skipped: Int = 0) throws(NuriError) -> ImportSection? {
    while try lines.next() {
      if lines.line.isEmpty { continue }
      let mayBeMark = lines.line.count < 200
      if lines.number <= skipped, !mayBeMark, let section, section != .header { continue }
      do {
        isRecordFault = section == .twins || section == .relationships
        try lines.parse(into: document, limits: Self.limits)
        isRecordFault = false
        if let mark = try sectionMark() {
          section = mark
          continue
        }
        if try isRecord(), let section, lines.number > skipped { return section }
      } catch {
        throw Self.placed(error, lines)
      }
    }
    guard hasVersion else {
      throw NuriError(
        .invalidImport, "The file is empty or has no header.", at: lines.file.name, advice: Self.headerAdvice)
    }
    return nil
  }

  private static let limits = JSONLimits(maximumBytes: ExchangeLimits.lineBytes)

  private static let headerAdvice =
    #"It starts with the lines {"Section":"Header"} and {"fileVersion":"1.0.0"}."#

  /// An error about one line, whose place inside the line loses its line number (it is always 1).
  static func placed(_ error: NuriError, _ lines: LineReader) -> NuriError {
    var place = error.place ?? ""
    if place.hasPrefix("line 1, ") { place = String(place.dropFirst("line 1, ".count)) }
    let code = error.code == .invalidJSON ? .invalidImport : error.code
    return NuriError(
      code, error.message, at: place.isEmpty ? lines.place : "\(lines.place), \(place)", advice: error.advice)
  }

  /// The section that starts here, when the line is a section mark.
  private func sectionMark() throws(NuriError) -> ImportSection? {
    guard root.kind == .object, root.count == 1, let mark = root["Section"] else { return nil }
    let name = mark.string ?? mark.sourceText
    guard let next = ImportSection(rawValue: name) else {
      throw NuriError(
        .invalidImport, "There is no section \"\(name)\".",
        advice: "The sections are Header, Models, Twins and Relationships.")
    }
    guard let section else {
      if next == .header { return next }
      throw NuriError(.invalidImport, "The file has no header.", advice: Self.headerAdvice)
    }
    guard next.order != section.order else {
      throw NuriError(.invalidImport, "The section \(name) comes twice.", advice: "Put its records together.")
    }
    guard next.order > section.order else {
      throw NuriError(
        .invalidImport, "The section \(name) comes after \(section.rawValue).",
        advice: "The order is Header, Models, Twins, Relationships.")
    }
    guard hasVersion else {
      throw NuriError(.invalidImport, "The header is empty.", advice: Self.headerAdvice)
    }
    return next
  }

  /// Whether the line is a record, the header's line being none.
  private mutating func isRecord() throws(NuriError) -> Bool {
    guard root.kind == .object else {
      throw NuriError(.invalidImport, "A line is a JSON object.", advice: "Put one record on each line.")
    }
    guard let section else {
      throw NuriError(.invalidImport, "The file does not start with a header.", advice: Self.headerAdvice)
    }
    guard section == .header else { return true }
    guard !hasVersion else {
      throw NuriError(.invalidImport, "The header has more than one line.", advice: Self.headerAdvice)
    }
    guard let version = root["fileVersion"] else {
      throw NuriError(.invalidImport, "The header names no fileVersion.", advice: Self.headerAdvice)
    }
    guard version.isText(Self.version) else {
      throw NuriError(
        .invalidImport, "The file's version is \(version.sourceText); Nuri reads \"\(Self.version)\".")
    }
    hasVersion = true
    return false
  }
}
