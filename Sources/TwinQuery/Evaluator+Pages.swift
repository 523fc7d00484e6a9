import TwinGraph

extension Evaluator {
  /// Answers a test for the `candidates` of a page; what it says of other rows means nothing.
  func truth(_ test: PageTest, _ page: TablePage, _ candidates: Mask, collection: Int) -> Truth {
    switch test {
    case .constant(let truth):
      switch truth {
      case true?: return Truth(yes: candidates, no: .none)
      case false?: return Truth(yes: .none, no: candidates)
      case nil: return .undefined
      }
    case .not(let inner): return !truth(inner, page, candidates, collection: collection)
    case .all(let parts):
      var result = Truth(yes: candidates, no: .none)
      for part in parts {
        let open = candidates & ~result.no
        if open.isEmpty { break }
        result = result && truth(part, page, open, collection: collection)
      }
      return result
    case .any(let parts):
      var result = Truth(yes: .none, no: candidates)
      for part in parts {
        let open = candidates & ~result.yes
        if open.isEmpty { break }
        result = result || truth(part, page, open, collection: collection)
      }
      return result
    case .present(let column): return .of(Mask(page.presence(column)), among: candidates)
    case .flag(let column, let whenTrue, let whenFalse):
      return flag(page, column, whenTrue, whenFalse, candidates)
    case .integer(let column, let kind, let comparison, let constant):
      let known = candidates & Mask(page.presence(column))
      if known.isEmpty { return .undefined }
      return .of(integers(page, column, kind, comparison, constant), among: known)
    case .number(let column, let kind, let comparison, let constant):
      let known = candidates & Mask(page.presence(column))
      if known.isEmpty { return .undefined }
      return .of(numbers(page, column, kind, comparison, constant), among: known)
    case .choice(let column, let answers): return choice(page, column, answers, candidates)
    case .text(let column, let test):
      let known = candidates & Mask(page.presence(column))
      var yes = Mask.none
      _ = known.forEach { row in
        if page.withBytes(column, row, test.holds) == true { yes[row] = true }
        return true
      }
      return .of(yes, among: known)
    case .id(let test):
      var yes = Mask.none
      _ = candidates.forEach { row in
        if graph.withId(of: graph.twin(number: page.twins[row]), test.holds) { yes[row] = true }
        return true
      }
      return .of(yes, among: candidates)
    case .place(let column, let test): return places(page, column, test, candidates)
    case .numbers(let comparison, let left, let right):
      return arithmetic(page, comparison, left, right, candidates)
    case .rows(let term): return rows(page, term, candidates, collection)
    }
  }

  private func rows(_ page: TablePage, _ term: Term, _ candidates: Mask, _ collection: Int) -> Truth {
    open(page, collection)
    defer { self.page = nil }
    var result = Truth.undefined
    _ = candidates.forEach { row in
      slots[collection] = page.twins[row]
      pageRow = row
      switch truth(term) {
      case true?: result.yes[row] = true
      case false?: result.no[row] = true
      case nil: break
      }
      return true
    }
    return result
  }

  /// Makes a page the one that terms over a collection read from, until `page` is set to `nil`.
  func open(_ page: TablePage, _ collection: Int) {
    self.page = page
    pageCollection = collection
  }

  private func places(_ page: TablePage, _ column: Int, _ test: PlaceTest, _ candidates: Mask) -> Truth {
    var result = Truth.undefined
    _ = (candidates & Mask(page.presence(column))).forEach { row in
      switch page.withBytes(column, row, { point($0).map(test.holds) }) ?? nil {
      case true?: result.yes[row] = true
      case false?: result.no[row] = true
      case nil: break
      }
      return true
    }
    return result
  }

  private func point(_ bytes: UnsafeBufferPointer<UInt8>) -> Geometry.Position? {
    if let point = Geometry.Position(compact: bytes) { return point }
    guard let root = parsed(UnsafeRawBufferPointer(bytes).bytes), case .point(let point)? = Geometry(root)
    else {
      return nil
    }
    return point
  }

  // MARK: Columns against constants

  private func integers(
    _ page: TablePage, _ column: Int, _ kind: ColumnKind, _ comparison: Comparison, _ constant: Int64
  ) -> Mask {
    if kind == .int32 {
      guard let small = Int32(exactly: constant) else {
        let order = constant > 0 ? -1 : 1
        return comparison.holds(order) ? .all : .none
      }
      return page.withValues(column, as: Int32.self) { bits($0, comparison, small) } ?? .none
    }
    return page.withValues(column, as: Int64.self) { bits($0, comparison, constant) } ?? .none
  }

  private func numbers(
    _ page: TablePage, _ column: Int, _ kind: ColumnKind, _ comparison: Comparison, _ constant: Double
  ) -> Mask {
    switch kind {
    case .int32:
      return page.withValues(column, as: Int32.self) { values in
        gather { comparison.holds(Double(values[$0]), constant) }
      } ?? .none
    case .int64:
      return page.withValues(column, as: Int64.self) { values in
        gather { comparison.holds(Double(values[$0]), constant) }
      } ?? .none
    default:
      return page.withValues(column, as: Double.self) { bits($0, comparison, constant) } ?? .none
    }
  }

  private func flag(
    _ page: TablePage, _ column: Int, _ whenTrue: Bool?, _ whenFalse: Bool?, _ candidates: Mask
  ) -> Truth {
    let known = candidates & Mask(page.presence(column))
    let set = page.withValues(column, as: UInt8.self) { values in gather { values[$0] != 0 } } ?? .none
    var result = Truth.undefined
    for (rows, answer) in [(known & set, whenTrue), (known & ~set, whenFalse)] {
      if answer == true { result.yes = result.yes | rows }
      if answer == false { result.no = result.no | rows }
    }
    return result
  }

  private func choice(_ page: TablePage, _ column: Int, _ answers: [Bool?], _ candidates: Mask) -> Truth {
    let known = candidates & Mask(page.presence(column))
    if known.isEmpty { return .undefined }
    return answers.withUnsafeBufferPointer { answers in
      page.withValues(column, as: UInt32.self) { values in
        let yes = gather { Int(values[$0]) < answers.count && answers[Int(values[$0])] == true }
        let no = gather { Int(values[$0]) < answers.count && answers[Int(values[$0])] == false }
        return Truth(yes: yes & known, no: no & known)
      } ?? .undefined
    }
  }

  // MARK: Arithmetic

  private func arithmetic(
    _ page: TablePage, _ comparison: Comparison, _ left: NumberTerm, _ right: NumberTerm, _ candidates: Mask
  ) -> Truth {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 256) { buffer in
      guard let a = buffer.baseAddress else { return .undefined }
      let b = a + 128
      let known = fill(a, left, page) & fill(b, right, page) & candidates
      return .of(gather { comparison.holds(a[$0], b[$0]) }, among: known)
    }
  }

  /// Works out a number for each row; says for which rows it is one.
  private func fill(_ out: UnsafeMutablePointer<Double>, _ term: NumberTerm, _ page: TablePage) -> Mask {
    switch term {
    case .constant(let number):
      for i in 0..<128 { out[i] = number }
      return .all
    case .column(let column, .int32):
      page.withValues(column, as: Int32.self) { values in for i in 0..<128 { out[i] = Double(values[i]) } }
      return Mask(page.presence(column))
    case .column(let column, _):
      page.withValues(column, as: Double.self) { values in for i in 0..<128 { out[i] = values[i] } }
      return Mask(page.presence(column))
    case .negate(let inner):
      let known = fill(out, inner, page)
      for i in 0..<128 { out[i] = -out[i] }
      return known
    case .arithmetic(let operation, let left, let right):
      let known = fill(out, left, page)
      return withUnsafeTemporaryAllocation(of: Double.self, capacity: 128) { buffer in
        guard let b = buffer.baseAddress else { return .none }
        let both = known & fill(b, right, page)
        switch operation {
        case .add: for i in 0..<128 { out[i] = out[i] + b[i] }
        case .subtract: for i in 0..<128 { out[i] = out[i] - b[i] }
        case .multiply: for i in 0..<128 { out[i] = out[i] * b[i] }
        case .divide: for i in 0..<128 { out[i] = out[i] / b[i] }
        }
        return both & gather { out[$0].isFinite }
      }
    }
  }
}

/// The rows for which `test` holds.
@inline(__always)
private func gather(_ test: (Int) -> Bool) -> Mask {
  var low: UInt64 = 0
  var high: UInt64 = 0
  for i in 0..<64 { low |= (test(i) ? 1 : 0) << UInt64(i) }
  for i in 0..<64 { high |= (test(64 &+ i) ? 1 : 0) << UInt64(i) }
  return Mask(low, high)
}

/// Compares 128 values with a constant.
@inline(__always)
private func bits<T: Comparable>(_ values: UnsafePointer<T>, _ comparison: Comparison, _ constant: T) -> Mask
{
  switch comparison {
  case .equal: gather { values[$0] == constant }
  case .notEqual: gather { values[$0] != constant }
  case .less: gather { values[$0] < constant }
  case .greater: gather { values[$0] > constant }
  case .lessOrEqual: gather { values[$0] <= constant }
  case .greaterOrEqual: gather { values[$0] >= constant }
  }
}

extension Comparison {
  @inline(__always)
  fileprivate func holds(_ a: Double, _ b: Double) -> Bool {
    switch self {
    case .equal: a == b
    case .notEqual: a != b
    case .less: a < b
    case .greater: a > b
    case .lessOrEqual: a <= b
    case .greaterOrEqual: a >= b
    }
  }
}
