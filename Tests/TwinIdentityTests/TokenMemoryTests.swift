import Testing
import TwinIdentity
import TwinValues

/// What is remembered about tokens, and for how long.
@Suite("Remembered tokens")
struct TokenMemoryTests {
  let file: TokenFile
  let text: String
  let token: VerifiedToken

  init() throws {
    file = try #require(TokenFile.shared)
    text = file.token("EdDSA by PyJWT")
    token = try file.verify(text)
  }

  private func later(_ seconds: Int64) -> Instant {
    Instant(microseconds: file.now.microseconds + seconds * 1_000_000)
  }

  @Test("A checked token is known until it is kept no longer, ends, or the keys change")
  func cache() {
    var cache = VerifiedTokenCache(capacity: 4, secondsKept: 60)
    #expect(cache.token(text, now: file.now) == nil)
    cache.insert(token, for: text, now: file.now)
    #expect(cache.token(text, now: file.now)?.subject == "kim")
    #expect(cache.token(text + "A", now: file.now) == nil)
    #expect(cache.token(text, now: later(59)) != nil)
    #expect(cache.token(text, now: later(60)) == nil)
    #expect(cache.token(text, now: later(-1)) == nil, "a clock set back makes tokens good for longer")
    var long = VerifiedTokenCache(capacity: 4, secondsKept: 100_000)
    long.insert(token, for: text, now: file.now)
    #expect(long.token(text, now: later(299)) != nil)
    #expect(long.token(text, now: later(300)) == nil)
    long.removeAll()
    #expect(long.token(text, now: file.now) == nil)
    long.insert(token, for: text, now: later(300))
    #expect(long.count == 0, "a token within its skew is not worth keeping")
  }

  @Test("It never holds more than it may; the oldest goes first")
  func bound() {
    var cache = VerifiedTokenCache(capacity: 4)
    for number in 0..<100 {
      cache.insert(token, for: "\(number)", now: file.now)
      cache.insert(token, for: "\(number)", now: file.now)
      #expect(cache.count <= 4)
    }
    #expect((96..<100).allSatisfy { cache.token("\($0)", now: file.now) != nil })
    #expect(cache.token("95", now: file.now) == nil)
  }

  @Test("A one-time token is taken once, also within its skew, and a full guard refuses")
  func replay() throws {
    var guardian = ReplayGuard(capacity: 1)
    try guardian.admit(token, skewSeconds: 60, now: file.now)
    for seconds: Int64 in [0, 299, 300, 359] {
      let refusal = code { () throws(NuriError) in
        try guardian.admit(token, skewSeconds: 60, now: later(seconds))
      }
      #expect(refusal == .replayedToken)
    }
    let other = try file.verify(file.token("no nbf, no iat"))
    #expect(other.id == token.id, "the file's tokens share an id")
    var full = ReplayGuard(capacity: 1)
    try full.admit(token, skewSeconds: 60, now: file.now)
    try full.admit(token, skewSeconds: 60, now: later(360))
    #expect(full.count == 1)
  }
}
