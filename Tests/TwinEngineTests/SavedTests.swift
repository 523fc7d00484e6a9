import Testing
import TwinValues

@testable import TwinEngine

@Suite("What people save")
struct SavedTests {
  private let body = Array(#"{"zoom": 3, "text": "역삼"}"#.utf8)

  @Test("One's own and what others share, each under its owner's name")
  func sharing() throws {
    let fixture = try Fixture()
    let kim = Session(fixture.engine, as: Principal("kim", roles: [.operator]))
    let lee = Session(fixture.engine, as: Principal("lee", roles: [.reader]))
    let admin = Session(fixture.engine, as: Principal("root", roles: [.admin]))
    try kim.save(.view, "morning", body, shared: true)
    try kim.save(.view, "mine", body, shared: false)
    try lee.save(.view, "morning", Array("{}".utf8), shared: false)
    #expect(try lee.saved(.view).map(\.owner) == ["kim", "lee"])
    #expect(try kim.saved(.view).map(\.name) == ["mine", "morning"])
    #expect(try kim.saved(.query).isEmpty)
    #expect(try lee.saved(.view, "morning").owner == "lee")
    #expect(try lee.saved(.view, "morning", of: "kim").body == body)
    #expect(code { _ = try lee.saved(.view, "mine") } == .savedNotFound)
    #expect(code { try lee.save(.view, "x", body, shared: true) } == .forbidden)
    #expect(code { try lee.deleteSaved(.view, "morning", of: "kim") } == .forbidden)
    try admin.deleteSaved(.view, "morning", of: "kim")
    #expect(code { try admin.deleteSaved(.view, "mine", of: "kim") } == .savedNotFound)
    let again = try fixture.reopened()
    #expect(try Session(again, as: Principal("kim", roles: [.reader])).saved(.view).map(\.name) == ["mine"])
  }

  @Test("Limits: names, bytes, documents of one owner")
  func limits() throws {
    let fixture = try Fixture()
    let kim = Session(fixture.engine, as: Principal("kim", roles: [.reader]))
    for name in ["", "a\nb", String(repeating: "a", count: 129)] {
      #expect(code { try kim.save(.query, name, body, shared: false) } == .invalidName)
    }
    let long = Array(#"{"a":"\#(String(repeating: "x", count: Saved.Limits.bodyBytes))"}"#.utf8)
    #expect(code { try kim.save(.query, "long", long, shared: false) } == .limitExceeded)
    #expect(code { try kim.save(.query, "list", Array("[]".utf8), shared: false) } == .invalidValue)
    for number in 0..<Saved.Limits.perOwner { try kim.save(.query, "q\(number)", body, shared: false) }
    #expect(code { try kim.save(.query, "one more", body, shared: false) } == .limitExceeded)
    try kim.save(.query, "q7", body, shared: false)
  }
}
