/// Builds the text format that Prometheus reads (version 0.0.4).
struct PrometheusText {
  private(set) var text = ""

  /// Starts a metric.
  mutating func metric(_ name: String, _ type: String, _ help: String) {
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
  }

  /// One sample; labels are pairs of name and value.
  mutating func sample(_ name: String, _ labels: [(String, String)] = [], _ value: Int) {
    sample(name, labels, text: String(value))
  }

  /// One sample in seconds, from microseconds.
  mutating func seconds(_ name: String, _ labels: [(String, String)] = [], microseconds: Int) {
    sample(name, labels, text: PrometheusText.seconds(microseconds))
  }

  /// A metric of one sample without labels.
  mutating func single(_ name: String, _ type: String, _ help: String, _ value: Int) {
    metric(name, type, help)
    sample(name, [], value)
  }

  /// A histogram's samples: `counts` for each bound and one for beyond, not cumulative.
  mutating func histogram(
    _ name: String, _ labels: [(String, String)], boundsMicroseconds: [Int], counts: [Int],
    sumMicroseconds: Int
  ) {
    var total = 0
    for (index, count) in counts.enumerated() {
      total += count
      let bound =
        index < boundsMicroseconds.count ? PrometheusText.seconds(boundsMicroseconds[index]) : "+Inf"
      sample(name + "_bucket", labels + [("le", bound)], total)
    }
    seconds(name + "_sum", labels, microseconds: sumMicroseconds)
    sample(name + "_count", labels, total)
  }

  private mutating func sample(_ name: String, _ labels: [(String, String)], text value: String) {
    text += name
    if !labels.isEmpty {
      text += "{" + labels.map { "\($0.0)=\"\(PrometheusText.escaped($0.1))\"" }.joined(separator: ",") + "}"
    }
    text += " \(value)\n"
  }

  private static func escaped(_ text: String) -> String {
    var out = ""
    for character in text {
      switch character {
      case "\\": out += "\\\\"
      case "\"": out += "\\\""
      case "\n": out += "\\n"
      default: out.append(character)
      }
    }
    return out
  }

  /// Microseconds as seconds, without the rounding of binary fractions.
  static func seconds(_ microseconds: Int) -> String {
    var fraction = String(microseconds % 1_000_000)
    fraction = String(repeating: "0", count: 6 - fraction.count) + fraction
    while fraction.last == "0" { fraction.removeLast() }
    return "\(microseconds / 1_000_000)" + (fraction.isEmpty ? "" : ".\(fraction)")
  }
}
