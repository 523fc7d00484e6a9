import Testing
import TwinIdentity
import TwinValues

/// Keys that programs show.
@Suite("API keys")
struct APIKeyTests {
  @Test("A key has the form that scanners match, and reads back")
  func form() throws {
    let key = try APIKey.make()
    #expect(try /nuri_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}/.wholeMatch(in: key.text) != nil)
    let again = try APIKey(key.text)
    #expect(again.id == key.id && again.digest == key.digest)
    #expect(again.matches(key.digest))
    #expect(APIKey.isMeant(key.text) && !APIKey.isMeant("eyJhbGciOi"))
    let secret = key.text.dropFirst(18).dropLast(6)
    #expect(key.digest == SHA256.hash(String(secret)))
  }

  @Test("Every letter counts: one changed, left out, doubled or swapped is noticed as a slip")
  func slips() throws {
    let key = try APIKey.make()
    let letters = Array(key.text)
    for at in letters.indices {
      var other = letters
      other[at] = other[at] == "7" ? "8" : "7"
      #expect(code { () throws(NuriError) in try APIKey(String(other)) } == .invalidAPIKey)
      other = letters
      other.remove(at: at)
      #expect(code { () throws(NuriError) in try APIKey(String(other)) } == .invalidAPIKey)
      other = letters
      other.insert(letters[at], at: at)
      #expect(code { () throws(NuriError) in try APIKey(String(other)) } == .invalidAPIKey)
      guard at > 0, letters[at] != letters[at - 1] else { continue }
      other = letters
      other.swapAt(at, at - 1)
      #expect(code { () throws(NuriError) in try APIKey(String(other)) } == .invalidAPIKey)
    }
    for text in ["", "nuri_", " " + key.text, key.text + "\n", key.text.uppercased(), "nüri"] {
      #expect(code { () throws(NuriError) in try APIKey(text) } == .invalidAPIKey)
    }
  }

  @Test("Neither a key nor an error about one shows the secret")
  func silence() throws {
    let key = try APIKey.make()
    let secret = String(key.text.dropFirst(18))
    var dumped = ""
    dump(key, to: &dumped)
    for text in ["\(key)", String(reflecting: key), "\([key])", "\(Optional(key) as Any)", dumped] {
      #expect(!text.contains(secret) && !text.contains(secret.prefix(8)))
    }
    do throws(NuriError) {
      _ = try APIKey(key.text + "x")
      Issue.record("a longer key was taken")
    } catch { #expect(!error.description.contains(secret.prefix(8))) }
  }

  @Test("No two keys are alike, and another key's digest does not match")
  func unlike() throws {
    var keys: [APIKey] = []
    for _ in 0..<500 { keys.append(try APIKey.make()) }
    #expect(Set(keys.map(\.id)).count == 500 && Set(keys.map(\.digest)).count == 500)
    #expect(!keys[0].matches(keys[1].digest))
    // Every letter of the alphabet turns up: 21,500 random letters would miss one with a chance of 1 in 10^150.
    #expect(Set(keys.flatMap { Array($0.text.dropFirst(18).dropLast(6)) }).count == 62)
  }
}
