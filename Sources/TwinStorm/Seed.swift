/// A stream of pseudo-random numbers that depends on nothing but its seed (SplitMix64). One thread at a time.
public struct Seed: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// Starts a stream; equal values give equal streams.
  public init(_ value: UInt64) { state = value }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A number in `0..<bound`; 0 when `bound` is not positive.
  public mutating func below(_ bound: Int) -> Int {
    bound > 0 ? Int(next() % UInt64(bound)) : 0
  }

  /// True `numerator` times in `denominator`.
  public mutating func chance(_ numerator: Int, in denominator: Int) -> Bool {
    below(denominator) < numerator
  }

  /// `count` bytes: noise, or, half the time, a short pattern repeated, so that compression has work to do.
  public mutating func bytes(_ count: Int) -> [UInt8] {
    if chance(1, in: 2) {
      let pattern = (0..<(1 + below(20))).map { _ in UInt8(truncatingIfNeeded: next()) }
      return (0..<count).map { pattern[$0 % pattern.count] }
    }
    return (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
  }

  /// A stream of its own for a part of a test.
  public mutating func split() -> Seed { Seed(next()) }
}
