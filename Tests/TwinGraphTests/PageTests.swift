import Testing
import TwinStorm
import TwinValues

@testable import TwinGraph

@Suite("Columns and their pages")
struct PageTests {
  @Test("Update times go from 32 bits to 64 when 49 days don't span them, and keep every time")
  func timesWiden() {
    let page = ColumnPage.make(.double, isTimed: true)
    let base: Int64 = 1_700_000_000_000
    for row in 0..<64 { page.setTime(row, base + Int64(row)) }
    page.setTime(64, base + Int64(UInt32.max))
    #expect(page.header.wideTimes == nil)
    let copy = page.copy()
    page.setTime(65, base + Int64(UInt32.max) + 1)
    #expect(page.header.wideTimes != nil && copy.header.wideTimes == nil)
    page.setTime(66, base - 1)
    for each in [page, copy, page.copy()] {
      for row in 0..<64 { #expect(each.time(row) == base + Int64(row)) }
      #expect(each.time(64) == base + Int64(UInt32.max))
    }
    #expect(page.time(65) == base + Int64(UInt32.max) + 1 && page.time(66) == base - 1)
  }

  @Test("A clock that starts before the page's first time widens at once")
  func earlierTime() {
    let page = ColumnPage.make(.bool, isTimed: true)
    page.setTime(3, 1000)
    page.setTime(4, -5)
    #expect(page.time(3) == 1000 && page.time(4) == -5)
  }

  @Test(
    "Texts keep their bytes while the heap is packed again and again", arguments: 1...5 as ClosedRange<UInt64>
  )
  func heapIsPacked(_ number: UInt64) {
    var seed = Seed(number)
    var column = Column(kind: .text)
    var expected: [Int: String] = [:]
    var kept: [(Column, [Int: String])] = []
    for _ in 0..<3000 {
      let row = seed.below(256)
      if seed.chance(1, in: 5) {
        column.clear(row)
        expected[row] = nil
      } else {
        let text = String(repeating: "글", count: seed.below(seed.chance(1, in: 20) ? 200 : 12))
        let isSet = column.set(row, .string(text), time: 1)
        #expect(isSet)
        expected[row] = text
      }
      if seed.chance(1, in: 300) { kept.append((column, expected)) }
    }
    kept.append((column, expected))
    for (column, expected) in kept {
      for row in 0..<256 { #expect(column.value(row) == expected[row].map { .string($0) }, "seed \(number)") }
    }
    let page = column.page(of: 0)
    let live = (0..<128).compactMap { expected[$0] }.reduce(0) { $0 + $1.utf8.count + 2 }
    // Garbage is bounded by the room that packing leaves: an eighth, and what one page can free at once.
    #expect(Int(page?.header.heapCapacity ?? 0) < live * 2 + 20_000)
  }

  @Test("A column refuses what it can't hold and stays as it was")
  func refusals() {
    let cases: [(kind: ColumnKind, value: Value, stored: Value?)] = [
      (.int32, .integer(1 << 40), nil), (.int32, .integer(-5), .integer(-5)),
      (.int64, .unsigned(.max), nil), (.int64, .integer(.min), .integer(.min)),
      (.uint64, .integer(-1), nil), (.uint64, .unsigned(.max), .unsigned(.max)),
      (.uint64, .unsigned(5), .integer(5)), (.double, .integer(3), .double(3)),
      (.double, .unsigned(1 << 63), .double(0x1p63)), (.choice, .string("b"), nil),
      (.choice, .string("a"), .string("a")), (.choice, .bool(true), nil), (.bool, .integer(1), nil),
      (.text, .json([]), nil), (.json, .string(""), nil), (.text, .string(""), .string("")),
    ]
    for (kind, value, stored) in cases {
      var column = Column(kind: kind, choices: kind == .choice ? ["a"] : [])
      let isSet = column.set(200, value, time: 0)
      #expect(isSet == (stored != nil) && column.value(200) == stored, "\(kind) \(value)")
    }
  }

  @Test("A write copies the page it lands in, and only while someone else holds it")
  func copyOnWrite() {
    var array = PagedArray<UInt32>(filler: 7)
    array.grow(to: 200)
    let snapshot = array
    array.update(70) { $0 = 1 }
    #expect(snapshot[70] == 7 && array[70] == 1)
    #expect(array.sharesPage(of: 0, with: snapshot) && !array.sharesPage(of: 64, with: snapshot))
    array.grow(to: 300)
    #expect(array[299] == 7 && snapshot.count == 200)
  }

  @Test(
    "The id index finds what was put in and not what was taken out", arguments: 1...3 as ClosedRange<UInt64>)
  func idIndex(_ number: UInt64) {
    var seed = Seed(number)
    var index = IdIndex()
    var hashes: [Int: UInt64] = [:]
    var kept: [(IdIndex, [Int: UInt64])] = []
    for record in 0..<6000 {
      // Few shards and few homes, so that runs collide and wrap around.
      let hash =
        UInt64(seed.below(3)) << 52 | UInt64(seed.below(40)) | (seed.chance(1, in: 4) ? 0xffff_fff0 : 0)
      index.insert(hash, record)
      hashes[record] = hash
      let gone = seed.below(record + 1)
      if seed.chance(2, in: 3), let hash = hashes.removeValue(forKey: gone) { index.remove(hash, gone) }
      if record % 2000 == 1000 { kept.append((index, hashes)) }
    }
    kept.append((index, hashes))
    for (index, hashes) in kept {
      #expect(index.count == hashes.count)
      for record in stride(from: 0, to: 6000, by: 7) {
        let found = index.find(hashes[record] ?? 0) { $0 == record }
        #expect(found == (hashes[record] == nil ? nil : record), "seed \(number)")
      }
    }
  }
}
