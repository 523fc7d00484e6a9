import Testing
import TwinStorm
import TwinValues

@Suite("Instants")
struct InstantTests {
  @Test("Text and back, over ten thousand years", arguments: 1...4 as ClosedRange<UInt64>)
  func roundTrip(_ number: UInt64) throws {
    var seed = Seed(number)
    let first = try Instant("0001-01-01T00:00:00Z").microseconds
    let last = try Instant("9999-12-31T23:59:59.999999Z").microseconds
    for _ in 0..<2000 {
      let micros = first + Int64(seed.next() % UInt64(last - first))
      let instant = Instant(microseconds: seed.chance(1, in: 2) ? micros : micros - micros % 1000)
      #expect(try Instant(instant.description) == instant, "seed \(number)")
      let offset = seed.below(2 * 1439) - 1439
      #expect(try Instant(instant.text(offsetMinutes: offset)) == instant, "seed \(number), offset \(offset)")
    }
  }

  @Test("Days follow the calendar, counted one by one from year 1 to 9999")
  func everyMonth() throws {
    let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    var day = try Instant("0001-01-01").microseconds / 86_400_000_000
    for year in 1...9999 {
      let isLeap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0)
      for month in 1...12 {
        let text = "\(pad(year, 4))-\(pad(month, 2))-01"
        // A string a month is slow in debug: look at each century's turn wholly, at other years by their March.
        if year % 100 < 2 || month == 3 {
          let instant = Instant(microseconds: day * 86_400_000_000)
          #expect(instant.description == "\(text)T00:00:00.000Z")
          #expect(try Instant(text) == instant)
        }
        day += Int64(lengths[month - 1] + (isLeap && month == 2 ? 1 : 0))
      }
    }
  }

  private func pad(_ number: Int, _ width: Int) -> String {
    String(repeating: "0", count: max(0, width - "\(number)".count)) + "\(number)"
  }

  @Test(
    "Spellings of one instant",
    arguments: [
      "2018-06-04T01:00:00Z", "2018-06-04T01:00:00.000Z", "2018-06-04t01:00:00z", "2018-06-04 01:00:00Z",
      "2018-06-04T10:00:00+09:00", "2018-06-04T10:00+09:00", "2018-06-04T10:00:00+0900", "2018-06-04T01:00",
      "2018-06-03T21:30:00-03:30", "2018-06-04T01:00:00,0000009Z", "2018-06-04T01:00:00.00+00:00",
    ])
  func spellings(_ text: String) throws {
    #expect(try Instant(text).microseconds == 1_528_074_000_000_000)
  }

  @Test(
    "What is no instant",
    arguments: [
      "", "2018", "2018-6-4", "2018-13-01", "2018-00-01", "2018-02-29", "1900-02-29", "2018-04-31",
      "2018-01-00",
      "2018-06-04T", "2018-06-04T24:00:00Z", "2018-06-04T23:60:00Z", "2018-06-04T23:59:60Z",
      "2018-06-04T01:00:00.Z",
      "2018-06-04T01:00:00+9:00", "2018-06-04T01:00:00+24:00", "2018-06-04T01:00:00+09:60",
      "2018-06-04T01:00:00Zx",
      "2018-06-04T01:00:00 Z", "2018-06-04X01:00:00Z", "2018/06/04", "+2018-06-04", "２０１８-06-04",
      "2018-06-04Z",
    ])
  func rejects(_ text: String) {
    let error = #expect(throws: NuriError.self) { try Instant(text) }
    #expect(error?.code == .invalidInstant)
  }

  @Test("Leap days, fractions to the microsecond, and the ends of time")
  func corners() throws {
    #expect(try Instant("2000-02-29").description == "2000-02-29T00:00:00.000Z")
    #expect(try Instant("1970-01-01T00:00:00.1234567Z").microseconds == 123_456)
    #expect(Instant(microseconds: -1).description == "1969-12-31T23:59:59.999999Z")
    #expect(Instant(microseconds: 1500).description == "1970-01-01T00:00:00.001500Z")
    #expect(try Instant("0000-01-01") < Instant("0001-01-01"))
    for end in [Instant.distantPast, .distantFuture] {
      for offset in [-1439, 0, 1439] { #expect(!end.text(offsetMinutes: offset).isEmpty) }
    }
    #expect(Instant.distantPast < .distantFuture)
  }
}
