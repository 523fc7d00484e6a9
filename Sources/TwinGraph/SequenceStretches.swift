/// Some of a lineage's changes, by sequence: those in a row take one stretch.
public struct SequenceStretches: Hashable, Sendable {
  private struct Stretch: Hashable {
    let first: UInt64
    var last: UInt64
    /// How many there are before `first`.
    let before: UInt64
  }

  private var stretches: [Stretch] = []

  /// None.
  public init() {}

  /// Whether there are none.
  public var isEmpty: Bool { stretches.isEmpty }

  /// The stretches, in order.
  var ranges: [ClosedRange<UInt64>] { stretches.map { $0.first...$0.last } }

  /// Adds a change that comes after all there are; others are left out.
  mutating func add(_ range: ClosedRange<UInt64>) {
    guard let latest = stretches.last else {
      return stretches.append(Stretch(first: range.lowerBound, last: range.upperBound, before: 0))
    }
    guard range.lowerBound > latest.last else { return }
    if range.lowerBound == latest.last + 1 {
      stretches[stretches.count - 1].last = range.upperBound
    } else {
      let before = latest.before + latest.last - latest.first + 1
      stretches.append(Stretch(first: range.lowerBound, last: range.upperBound, before: before))
    }
  }

  /// The last stretch that begins at a sequence or before it.
  private func stretch(at sequence: UInt64) -> Stretch? {
    var (low, high) = (0, stretches.count)
    while low < high {
      let middle = (low + high) / 2
      if stretches[middle].first <= sequence { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? nil : stretches[low - 1]
  }

  /// Those up to a sequence, itself among them.
  public func prefix(through sequence: UInt64) -> SequenceStretches {
    guard let latest = stretches.last, latest.last > sequence else { return self }
    var prefix = SequenceStretches()
    for stretch in stretches where stretch.first <= sequence {
      prefix.add(stretch.first...min(stretch.last, sequence))
    }
    return prefix
  }

  /// How many there are up to a sequence, itself among them.
  public func count(through sequence: UInt64) -> UInt64 {
    stretch(at: sequence).map { $0.before + min(sequence, $0.last) - $0.first + 1 } ?? 0
  }

  /// The last sequence up to the given one that is none of them; 0 when there is none.
  public func lastOutside(through sequence: UInt64) -> UInt64 {
    guard let stretch = stretch(at: sequence), sequence <= stretch.last else { return sequence }
    return stretch.first - 1
  }

  /// The first sequence from the given one on that is none of them.
  public func firstOutside(from sequence: UInt64) -> UInt64 {
    guard let stretch = stretch(at: sequence), sequence <= stretch.last else { return sequence }
    return stretch.last + 1
  }
}

extension Graph {
  /// The changes that only the live world takes, its records and its catalogue of worlds: they count in its sequence,
  /// though nothing of twins, relationships, models and routes is in them. None through a lens.
  public var liveWorldOnly: SequenceStretches { lens == nil ? state.liveWorldOnly : SequenceStretches() }
}
