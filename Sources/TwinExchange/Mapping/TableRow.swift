import TwinValues

/// One row of a CSV file or one feature of a GeoJSON file.
struct TableRow {
  /// The row's number as people count it: the line it starts on, or the feature's place from 1.
  let number: Int
  /// A cell for each column; `nil` when it is empty or missing.
  let cells: [String?]
  /// A feature's geometry.
  var geometry: JSONNode?
}

/// A file with rows.
protocol RowSource {
  /// The names of the columns.
  var columns: [String] { get }
  /// What a row is called in messages: `line` or `feature`.
  var rowWord: String { get }
  /// Bytes of the file taken so far.
  var bytesRead: Int64 { get }
  /// The next row; `nil` at the end.
  mutating func next() throws(NuriError) -> TableRow?
}
