import TwinValues

/// How a query was run: a tree of steps with the rows each was expected to bring and brought.
public struct PlanTree: Sendable, CustomStringConvertible {
  /// What the step does.
  public let title: String
  /// Rows the planner expected.
  public let estimatedRows: Double
  /// Rows there were.
  public let actualRows: Int
  /// Where the step's rows come from.
  public let inputs: [PlanTree]

  /// The tree with a line for each step, the last step first.
  public var description: String { lines(0).joined(separator: "\n") }

  private func lines(_ depth: Int) -> [String] {
    let indent = String(repeating: "  ", count: depth)
    let estimate = String(Int64(min(1e15, estimatedRows.rounded())))
    return ["\(indent)\(title)  (expected \(estimate), got \(actualRows))"]
      + inputs.flatMap { $0.lines(depth + 1) }
  }

  /// Writes each step as a row: `depth`, `step`, `estimatedRows`, `actualRows`.
  func write(into writer: inout JSONWriter, _ ranges: inout [Range<Int>], depth: Int = 0) {
    let start = writer.bytes.count
    writer.beginObject()
    writer.key("depth")
    writer.integer(Int64(depth))
    writer.key("step")
    writer.string(title)
    writer.key("estimatedRows")
    writer.double(estimatedRows.rounded())
    writer.key("actualRows")
    writer.integer(Int64(actualRows))
    writer.endObject()
    ranges.append(start..<writer.bytes.count)
    writer.newline()
    for input in inputs { input.write(into: &writer, &ranges, depth: depth + 1) }
  }
}
