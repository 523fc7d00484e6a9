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
