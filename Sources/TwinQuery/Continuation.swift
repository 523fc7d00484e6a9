import TwinValues

/// Where the next page of a query goes on, as an opaque text.
///
/// It names the query and the state of the world it was made for, so that it can't be used with others.
struct Continuation: Equatable {
  var query: UInt64
  var sequence: UInt64
  /// Rows that earlier pages had.
  var delivered: Int
  var position: Execution.Position

  /// The parts in hexadecimal, joined by hyphens.
  var text: String {
    let numbers = [
      query, sequence, UInt64(delivered), UInt64(position.major), UInt64(position.minor),
      UInt64(position.skipped),
    ]
    return numbers.map { String($0, radix: 16) }.joined(separator: "-")
  }

  /// - Throws: `NuriError` with code `invalidContinuation`.
  init(_ text: String, for query: Query, sequence: UInt64) throws(NuriError) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { UInt64($0, radix: 16) }
    guard parts.count == 6, numbers.count == 6, numbers[2...].allSatisfy({ $0 <= UInt64(Int32.max) * 4 })
    else {
      throw NuriError(.invalidContinuation, "This is not a continuation token.")
    }
    guard numbers[0] == query.fingerprint else {
      throw NuriError(.invalidContinuation, "The continuation token belongs to another query.")
    }
    guard numbers[1] == sequence else {
      throw NuriError(
        .invalidContinuation,
        "The continuation token is for sequence \(numbers[1]), the world is at \(sequence).",
        advice: "Ask AS OF \(numbers[1]), or start again.")
    }
    self.query = numbers[0]
    self.sequence = sequence
    delivered = Int(numbers[2])
    position = Execution.Position(major: Int(numbers[3]), minor: Int(numbers[4]), skipped: Int(numbers[5]))
  }

  init(query: UInt64, sequence: UInt64, delivered: Int, position: Execution.Position) {
    self.query = query
    self.sequence = sequence
    self.delivered = delivered
    self.position = position
  }
}

extension Query {
  /// The sequence of the state that a continuation token goes on in; `nil` when it is no such token.
  public static func sequence(ofContinuation token: String) -> UInt64? {
    let parts = token.split(separator: "-", omittingEmptySubsequences: false)
    return parts.count == 6 ? UInt64(parts[1], radix: 16) : nil
  }

  /// A hash of the query that is the same in every process (FNV-1a over its text).
  var fingerprint: UInt64 {
    description.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }
}
