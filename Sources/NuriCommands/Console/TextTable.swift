/// A table for people: a heading, aligned columns, cut to the width of the terminal.
struct TextTable {
  /// One column.
  struct Column {
    let title: String
    var isNumeric = false
  }

  /// Blanks between columns.
  private static let gap = 2
  /// Narrowest a column is cut to.
  private static let narrowest = 5
  /// Widest a column is padded to where nothing is cut; longer cells push the rest of their line aside.
  private static let widestPadded = 48

  private let columns: [Column]
  private(set) var rows: [[String]] = []

  init(_ columns: [Column]) { self.columns = columns }

  /// A table whose titles start with `#` hold numbers and stand on the right.
  init(_ titles: [String]) {
    self.init(
      titles.map {
        $0.hasPrefix("#") ? Column(title: String($0.dropFirst()), isNumeric: true) : Column(title: $0)
      })
  }

  /// Adds a row; line feeds and other controls in its cells become blanks.
  mutating func add(_ cells: [String]) {
    rows.append(cells.map(Self.oneLine))
  }

  /// The table's lines, heading first. Without a width nothing is cut.
  func lines(width: Int?, style: Style) -> [String] {
    let widths = fitted(width)
    var lines = [style.strong(line(columns.map(\.title), widths, width))]
    lines += rows.map { line($0, widths, width) }
    return lines
  }

  private func line(_ cells: [String], _ widths: [Int], _ terminalWidth: Int?) -> String {
    var text = ""
    for (i, width) in widths.enumerated() {
      let whole = i < cells.count ? cells[i] : ""
      let cell = terminalWidth != nil ? DisplayWidth.truncate(whole, to: width) : whole
      let isLast = i == widths.count - 1
      if i > 0 { text += String(repeating: " ", count: Self.gap) }
      text +=
        isLast && !columns[i].isNumeric
        ? cell : DisplayWidth.pad(cell, to: width, right: columns[i].isNumeric)
    }
    while text.last == " " { text.removeLast() }
    if let terminalWidth { text = DisplayWidth.truncate(text, to: terminalWidth) }
    return text
  }

  /// Column widths: as wide as the cells, then the widest cut first until the table fits.
  private func fitted(_ width: Int?) -> [Int] {
    var widths = columns.map { DisplayWidth.of($0.title) }
    for row in rows {
      for (i, cell) in row.enumerated() where i < widths.count {
        widths[i] = max(widths[i], DisplayWidth.of(cell))
      }
    }
    guard let width else { return widths.map { min($0, Self.widestPadded) } }
    var excess = widths.reduce(0, +) + Self.gap * max(0, widths.count - 1) - width
    while excess > 0, let widest = widths.indices.max(by: { widths[$0] < widths[$1] }),
      widths[widest] > Self.narrowest
    {
      let second = widths.indices.filter { $0 != widest }.map { widths[$0] }.max() ?? 0
      let cut = min(excess, max(1, widths[widest] - max(second, Self.narrowest)))
      widths[widest] -= cut
      excess -= cut
    }
    return widths
  }

  private static func oneLine(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
      return text
    }
    return String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
  }
}
