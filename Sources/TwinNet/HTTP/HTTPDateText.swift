import Glibc

/// The `date` field's value, e.g. `Sun, 06 Nov 1994 08:49:37 GMT`, made anew once a second. For one thread.
struct HTTPDateText {
  private(set) var bytes: [UInt8] = []
  private var madeForSecond = UInt64.max

  /// The text for now; `nowNanoseconds` is the monotonic time and only says whether a second has passed.
  mutating func text(nowNanoseconds: UInt64) -> [UInt8] {
    let second = nowNanoseconds / 1_000_000_000
    if second != madeForSecond {
      madeForSecond = second
      bytes = HTTPDateText.format(secondsSince1970: LoopClock.secondsSince1970())
    }
    return bytes
  }

  /// A moment as IMF-fixdate.
  static func format(secondsSince1970 seconds: Int) -> [UInt8] {
    var time = time_t(seconds)
    var parts = tm()
    gmtime_r(&time, &parts)
    let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let text =
      "\(days[Int(parts.tm_wday)]), \(two(parts.tm_mday)) \(months[Int(parts.tm_mon)]) \(1900 + parts.tm_year)"
      + " \(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) GMT"
    return Array(text.utf8)
  }
}
