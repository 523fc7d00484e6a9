import Testing
import TwinStorm
import TwinValues

@testable import TwinGraph

@Suite("Stretches of sequences")
struct SequenceStretchTests {
  @Test("They answer as a set does", arguments: 1...20)
  func oracle(_ number: Int) {
    var seed = Seed(UInt64(number))
    var stretches = SequenceStretches()
    var set: [UInt64] = []
    for sequence in UInt64(1)...60 where seed.below(3) < number % 4 {
      stretches.add(sequence...sequence)
      set.append(sequence)
    }
    #expect(stretches.isEmpty == set.isEmpty)
    for sequence in UInt64(0)...62 {
      #expect(stretches.count(through: sequence) == set.count { $0 <= sequence })
      #expect(stretches.lastOutside(through: sequence) == (0...sequence).last { !set.contains($0) })
      #expect(stretches.firstOutside(from: sequence) == (sequence...99).first { !set.contains($0) })
      let prefix = stretches.prefix(through: sequence)
      #expect(prefix.count(through: .max) == set.count { $0 <= sequence })
      #expect(
        prefix.ranges
          == stretches.ranges.filter { $0.lowerBound <= sequence }.map { $0.clamped(to: 0...sequence) })
    }
  }

  @Test("Changes in a row take one stretch; what comes late is left out")
  func rows() {
    var stretches = SequenceStretches()
    for range in [UInt64(5)...5, 6...9, 3...4, 12...12, 12...14] { stretches.add(range) }
    #expect(stretches.ranges == [5...9, 12...12])
  }
}
