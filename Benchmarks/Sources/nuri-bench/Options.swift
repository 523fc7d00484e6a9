/// What the command line asked for: `nuri-bench ROW [--twins N] [--runs N] [--folder DIR] [--label TEXT]`.
struct Options: Sendable {
  var row = ""
  /// Twins in the world; relationships are three times as many.
  var twins = 1_000_000
  /// How often each figure is measured.
  var runs = 3
  /// Where to put data; it exists and holds nothing of value.
  var folder = "."
  /// Added to the names of the cases, such as ", one core".
  var label = ""

  init(_ arguments: [String]) throws {
    var rest = arguments[...]
    guard let row = rest.popFirst() else { throw Stop("which row?") }
    self.row = row
    while let option = rest.popFirst() {
      guard let value = rest.popFirst() else { throw Stop("\(option) needs a value") }
      switch option {
      case "--twins": twins = try Options.number(value)
      case "--runs": runs = try Options.number(value)
      case "--folder": folder = value
      case "--label": label = value
      default: throw Stop("unknown option \(option)")
      }
    }
  }

  private static func number(_ text: String) throws -> Int {
    guard let number = Int(text), number > 0 else { throw Stop("\(text) is no positive number") }
    return number
  }

  /// The world that `prepare` makes and others open.
  var base: String { "\(folder)/base" }
  /// A copy of it that may be written to.
  var copy: String { "\(folder)/copy" }
}
