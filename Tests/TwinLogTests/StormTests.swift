import Glibc
import Testing
import TwinLog
import TwinStorm
import TwinValues

/// Seeds to try: one when `NURI_STORM_SEED` is set, else 1, 2, 3 … for `NURI_STORM_SECONDS` (default a few).
struct StormSeeds: Sequence, IteratorProtocol {
  private let only = getenv("NURI_STORM_SEED").flatMap { UInt64(String(cString: $0)) }
  private let end: ContinuousClock.Instant
  private var last: UInt64 = 0

  init(seconds: Double) {
    let wanted = getenv("NURI_STORM_SECONDS").flatMap { Double(String(cString: $0)) }
    end = ContinuousClock.now + .seconds(wanted ?? seconds)
  }

  mutating func next() -> UInt64? {
    last += 1
    if let only { return last == 1 ? only : nil }
    return ContinuousClock.now < end ? last : nil
  }
}

@Suite struct StormTests {
  @Test func acknowledgedFramesSurviveAnything() {
    for seed in StormSeeds(seconds: 3) {
      do throws(NuriError) {
        var storm = try LogStorm(seed: seed)
        var failure: NuriError?
        do throws(NuriError) { try storm.run(steps: 120) } catch { failure = error }
        guard let failure else { continue }
        Issue.record("NURI_STORM_SEED=\(seed): \(failure)\n\(storm.trace.suffix(30).joined(separator: "\n"))")
        return
      } catch {
        Issue.record("NURI_STORM_SEED=\(seed): \(error)")
        return
      }
    }
  }
}
