/// A point in time: microseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
///
/// Nothing in the platform reads the system's clock through this type; clocks are handed in.
public struct Instant: Hashable, Comparable, Sendable {
  /// Microseconds since the epoch.
  public let microseconds: Int64

  /// Wraps microseconds since the epoch.
  @inlinable
  public init(microseconds: Int64) { self.microseconds = microseconds }

  /// Earlier first.
  @inlinable
  public static func < (a: Instant, b: Instant) -> Bool { a.microseconds < b.microseconds }

  /// Before everything.
  public static let distantPast = Instant(microseconds: .min)
  /// After everything.
  public static let distantFuture = Instant(microseconds: .max)
}

extension Instant: CustomStringConvertible {
  /// RFC 3339 in UTC with three decimals, or six where needed: `2018-06-04T01:00:00.000Z`.
  public var description: String { text() }

  /// RFC 3339 text at an offset from UTC, in minutes east.
  public func text(offsetMinutes: Int = 0) -> String {
    let shifted = microseconds.addingReportingOverflow(Int64(offsetMinutes) * 60_000_000)
    let local = shifted.overflow ? microseconds : shifted.partialValue
    let digits = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.longestText) { buffer in
      guard let start = buffer.baseAddress, let count = Instant(microseconds: local).write(to: start) else {
        return Self.longText(local)
      }
      return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }
    if offsetMinutes == 0 || shifted.overflow { return digits }
    let size = Int64(abs(offsetMinutes))
    return digits.dropLast() + (offsetMinutes < 0 ? "-" : "+")
      + "\(padded(size / 60, 2)):\(padded(size % 60, 2))"
  }

  /// The text in UTC when the year does not have four digits.
  private static func longText(_ microseconds: Int64) -> String {
    let (day, inDay) = microseconds.flooredDivision(by: 86_400_000_000)
    let (year, month, date) = civil(fromDays: day)
    let seconds = inDay / 1_000_000
    let micros = inDay % 1_000_000
    let text =
      "\(padded(year, 4))-\(padded(month, 2))-\(padded(date, 2))"
      + "T\(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))."
    return text + (micros % 1000 == 0 ? padded(micros / 1000, 3) : padded(micros, 6)) + "Z"
  }

  /// Bytes that `write(to:)` takes at most: `2018-06-04T01:00:00.000001Z`.
  static var longestText: Int { 27 }

  /// Writes the text in UTC to memory with room for `longestText` bytes and returns how many there are; `nil`, and
  /// nothing written, for years before 0 or after 9999.
  func write(to bytes: UnsafeMutablePointer<UInt8>) -> Int? {
    let (day, inDay) = microseconds.flooredDivision(by: 86_400_000_000)
    let (year, month, date) = civil(fromDays: day)
    guard (0...9999).contains(year) else { return nil }
    var at = 0
    func put(_ value: Int64, _ width: Int, _ end: UInt8) {
      var rest = UInt32(truncatingIfNeeded: value)
      for i in stride(from: width - 1, through: 0, by: -1) {
        bytes[at + i] = UInt8(truncatingIfNeeded: rest % 10) &+ 48
        rest /= 10
      }
      bytes[at + width] = end
      at += width + 1
    }
    let seconds = inDay / 1_000_000
    let micros = inDay % 1_000_000
    put(year, 4, UInt8(ascii: "-"))
    put(month, 2, UInt8(ascii: "-"))
    put(date, 2, UInt8(ascii: "T"))
    put(seconds / 3600, 2, UInt8(ascii: ":"))
    put(seconds / 60 % 60, 2, UInt8(ascii: ":"))
    put(seconds % 60, 2, UInt8(ascii: "."))
    if micros % 1000 == 0 {
      put(micros / 1000, 3, UInt8(ascii: "Z"))
    } else {
      put(micros, 6, UInt8(ascii: "Z"))
    }
    return at
  }
}

extension Instant {
  /// Reads RFC 3339 / ISO 8601 text: a date alone, or date and time with optional seconds and fraction
  /// (digits past microseconds are dropped), then `Z` or an offset. Without either it is UTC.
  /// - Throws: `NuriError` with code `invalidInstant`.
  public init(_ text: String) throws(NuriError) {
    var scanner = InstantScanner(text)
    guard let value = scanner.scan() else {
      throw NuriError(
        .invalidInstant, "\"\(text)\" is not an instant.",
        advice: "Write it like 2018-06-04T18:00:00+09:00 or 2018-06-04.")
    }
    microseconds = value
  }
}

private struct InstantScanner {
  private let bytes: [UInt8]
  private var at = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  private mutating func digits(_ count: Int) -> Int64? {
    guard at + count <= bytes.count else { return nil }
    var value: Int64 = 0
    for _ in 0..<count {
      let digit = bytes[at] &- 48
      guard digit <= 9 else { return nil }
      value = value * 10 + Int64(digit)
      at += 1
    }
    return value
  }

  private mutating func eat(_ characters: String) -> Bool {
    guard at < bytes.count, characters.utf8.contains(bytes[at]) else { return false }
    at += 1
    return true
  }

  mutating func scan() -> Int64? {
    guard let year = digits(4), eat("-"), let month = digits(2), eat("-"), let date = digits(2),
      (1...12).contains(month), date >= 1, date <= daysInMonth(year, month)
    else { return nil }
    var micros = days(fromCivil: year, month, date) * 86_400_000_000
    if at == bytes.count { return micros }
    guard eat("Tt "), let hour = digits(2), eat(":"), let minute = digits(2), hour < 24, minute < 60 else {
      return nil
    }
    micros += (hour * 3600 + minute * 60) * 1_000_000
    if eat(":") {
      guard let second = digits(2), second < 60 else { return nil }
      micros += second * 1_000_000
      if eat(".,") {
        guard let fraction = fraction() else { return nil }
        micros += fraction
      }
    }
    if at == bytes.count { return micros }
    if eat("Zz") { return at == bytes.count ? micros : nil }
    let sign: Int64 = at < bytes.count && bytes[at] == UInt8(ascii: "-") ? 1 : -1
    guard eat("+-"), let hours = digits(2), hours < 24 else { return nil }
    _ = eat(":")
    guard let minutes = digits(2), minutes < 60, at == bytes.count else { return nil }
    return micros + sign * (hours * 3600 + minutes * 60) * 1_000_000
  }

  private mutating func fraction() -> Int64? {
    var value: Int64 = 0
    var count = 0
    while at < bytes.count, bytes[at] &- 48 <= 9 {
      if count < 6 { value = value * 10 + Int64(bytes[at] &- 48) }
      count += 1
      at += 1
    }
    guard count > 0 else { return nil }
    for _ in count..<max(count, 6) { value *= 10 }
    return value
  }
}

private func padded(_ value: Int64, _ width: Int) -> String {
  let digits = String(abs(value))
  let zeros = String(repeating: "0", count: max(0, width - digits.count))
  return (value < 0 ? "-" : "") + zeros + digits
}

private func daysInMonth(_ year: Int64, _ month: Int64) -> Int64 {
  switch month {
  case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
  case 4, 6, 9, 11: 30
  default: 31
  }
}

/// Days from 1970-01-01 to a date of the proleptic Gregorian calendar, counting years from March
/// (Richards' algorithm, Explanatory Supplement to the Astronomical Almanac, 2013, §15.11).
private func days(fromCivil year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
  let shifted = month <= 2 ? year - 1 : year
  let (era, inEra) = shifted.flooredDivision(by: 400)
  let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
  return era * 146_097 + inEra * 365 + inEra / 4 - inEra / 100 + dayOfYear - 719_468
}

/// The inverse of `days(fromCivil:_:_:)`.
private func civil(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
  let (era, inEra) = (days + 719_468).flooredDivision(by: 146_097)
  let year = (inEra - inEra / 1460 + inEra / 36_524 - inEra / 146_096) / 365
  let dayOfYear = inEra - (365 * year + year / 4 - year / 100)
  let fromMarch = (5 * dayOfYear + 2) / 153
  let month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
  return (era * 400 + year + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * fromMarch + 2) / 5 + 1)
}

extension Int64 {
  fileprivate func flooredDivision(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (q, r) = quotientAndRemainder(dividingBy: divisor)
    return r < 0 ? (q - 1, r + divisor) : (q, r)
  }
}
