/// Lets so many events through at once and so many more each second. Pure; the caller brings the time.
struct FloodGate {
  private let rate: NetLimits.Rate
  /// Events in thousandths that may still come.
  private var credit: Int
  private var lastNanoseconds: UInt64

  init(_ rate: NetLimits.Rate, now: UInt64) {
    self.rate = rate
    credit = rate.burst * 1000
    lastNanoseconds = now
  }

  /// Counts one event; `false` when it is one too many.
  mutating func admit(now: UInt64) -> Bool {
    let milliseconds = Int(clamping: (now &- lastNanoseconds) / 1_000_000)
    if milliseconds > 0 {
      lastNanoseconds = now
      let (earned, overflow) = milliseconds.multipliedReportingOverflow(by: rate.perSecond)
      credit = overflow ? rate.burst * 1000 : min(rate.burst * 1000, credit + earned)
    }
    if credit < 1000 { return false }
    credit -= 1000
    return true
  }
}
