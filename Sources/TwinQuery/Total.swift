import TwinValues

/// One aggregate of one group.
struct Total {
  var count = 0
  private var whole: Int64 = 0
  private var isWhole = true
  private var sum = 0.0
  private var extreme = Cell.missing

  mutating func add(_ cell: Cell, _ kind: Aggregate) {
    if case .missing = cell { return }
    switch kind {
    case .count: count += 1
    case .sum, .average:
      guard let number = cell.number else { return }
      count += 1
      sum += number
      guard isWhole, case .value(.integer(let integer)) = cell else {
        isWhole = false
        return
      }
      let (total, overflow) = whole.addingReportingOverflow(integer)
      whole = total
      isWhole = !overflow
    case .minimum, .maximum:
      guard case .value = cell else { return }
      if case .missing = extreme {
        extreme = cell
      } else if Cell.sorts(cell, before: extreme, isDescending: kind == .maximum) == true {
        extreme = cell
      }
    }
  }

  /// Takes in a number from a column of doubles.
  @inline(__always)
  mutating func add(double number: Double, _ kind: Aggregate) {
    switch kind {
    case .count: count += 1
    case .sum, .average:
      count += 1
      sum += number
      isWhole = false
    case .minimum, .maximum:
      if count == 0 || (kind == .minimum ? number < sum : number > sum) {
        sum = number
        add(.value(.double(number)), kind)
      }
      count = 1
    }
  }

  /// Takes in a number from a column of integers.
  @inline(__always)
  mutating func add(integer number: Int32, _ kind: Aggregate) {
    switch kind {
    case .count: count += 1
    case .sum, .average:
      let (total, overflow) = whole.addingReportingOverflow(Int64(number))
      count += 1
      sum += Double(number)
      whole = total
      if overflow { isWhole = false }
    case .minimum, .maximum:
      if count == 0 || (kind == .minimum ? Double(number) < sum : Double(number) > sum) {
        sum = Double(number)
        add(.value(.integer(Int64(number))), kind)
      }
      count = 1
    }
  }

  func result(_ kind: Aggregate) -> Cell {
    switch kind {
    case .count: .value(.integer(Int64(count)))
    case .sum: count == 0 ? .missing : isWhole ? .value(.integer(whole)) : .number(sum)
    case .average: count == 0 ? .missing : .number(sum / Double(count))
    case .minimum, .maximum: extreme
    }
  }
}
