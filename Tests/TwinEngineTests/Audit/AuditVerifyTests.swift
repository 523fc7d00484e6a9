import Testing
import TwinIdentity
import TwinLog
import TwinStorm
import TwinValues

@testable import TwinEngine

/// Every way to tamper with a log that we could think of.
@Suite("Audit verification")
struct AuditVerifyTests {
  let fixture = AuditFixture()
  let path: String
  let lines: [[UInt8]]
  let head: AuditHead

  init() throws {
    try fixture.fill(10)
    path = fixture.segments[0]
    lines = fixture.lines(path)
    head = try #require(try AuditReader(AuditFixture.folder, disk: fixture.disk).head())
  }

  @Test("No byte of the log may change: each is found, with its line")
  func flips() throws {
    let good = try #require(fixture.disk.bytes(of: path))
    #expect(good.count > 2500)
    var line = 1
    for at in good.indices {
      let copy = fixture.disk.copy(seed: 1)
      copy.damage(path) { $0[at] ^= UInt8(1 << (at % 8)) }
      let report = try fixture.verify(copy)
      #expect(!report.isWhole, "byte \(at) changed")
      let places = report.faults.compactMap(\.place)
      #expect(
        places.contains { $0.hasSuffix("line \(line)") || $0.hasSuffix("line \(line + 1)") }
          || places == ["head"],
        "byte \(at) of line \(line): \(places)")
      if good[at] == 10 { line += 1 }
    }
  }

  @Test("No byte of the head or the keys may change")
  func keyFlips() throws {
    for name in ["head", "public.pem"] {
      let file = "\(AuditFixture.folder)/\(name)"
      let good = try #require(fixture.disk.bytes(of: file))
      for at in good.indices.dropLast() where good[at] != 10 {
        let copy = fixture.disk.copy(seed: 1)
        copy.damage(file) { $0[at] ^= UInt8(1 << (at % 7)) }
        var isFound = false
        do throws(NuriError) { isFound = try !fixture.verify(copy).isWhole } catch { isFound = true }
        // The words around a key in PEM say nothing; the key itself is the same then.
        let isSameKey =
          name == "public.pem"
          && (try? AuditReader(AuditFixture.folder, disk: copy).publicKeyPEM())
            == (try? AuditReader(AuditFixture.folder, disk: fixture.disk).publicKeyPEM())
        #expect(isFound || isSameKey, "\(name), byte \(at)")
      }
    }
  }

  @Test("Lines removed, swapped, repeated or moved are found")
  func order() throws {
    for at in lines.indices {
      var less = lines
      less.remove(at: at)
      #expect(try fixture.faults(with: less, in: path) != [], "line \(at + 1) removed")
      var more = lines
      more.insert(lines[at], at: at)
      #expect(
        try fixture.faults(with: more, in: path).contains { $0.code == .auditMissing }, "line \(at + 1) twice"
      )
      guard at > 0 else { continue }
      var swapped = lines
      swapped.swapAt(at, at - 1)
      #expect(
        try fixture.faults(with: swapped, in: path).contains { $0.code == .auditMissing },
        "line \(at) swapped")
    }
    var middle = lines
    middle.removeSubrange(3..<6)
    let faults = try fixture.faults(with: middle, in: path)
    #expect(
      faults.contains { $0.message == "Entries 4 to 6 are missing." && $0.place?.hasSuffix("line 4") == true }
    )
  }

  @Test("A tail cut at any byte is found by the head beside the log")
  func truncation() throws {
    let good = try #require(fixture.disk.bytes(of: path))
    for end in 0..<good.count {
      let copy = fixture.disk.copy(seed: 1)
      copy.damage(path) { $0.removeLast($0.count - end) }
      let report = try fixture.verify(copy)
      #expect(report.faults.contains { $0.code == .auditTruncated }, "cut at \(end)")
    }
    let copy = fixture.disk.copy(seed: 1)
    try copy.remove(path)
    #expect(try fixture.verify(copy).faults.contains { $0.code == .auditTruncated })
    let headless = fixture.disk.copy(seed: 1)
    try headless.remove("\(AuditFixture.folder)/head")
    #expect(try fixture.verify(headless).faults.contains { $0.code == .auditTruncated })
  }

  @Test("Rolling log and head back together is seen only by a head kept elsewhere; so the docs say")
  func rollback() throws {
    let old = fixture.disk.copy(seed: 1)
    try fixture.fill(5)
    let newer = try #require(try AuditReader(AuditFixture.folder, disk: fixture.disk).head())
    #expect(try fixture.verify(old).isWhole)
    let report = try fixture.verify(old, expected: newer)
    #expect(report.faults.map(\.code) == [.auditTruncated])
    #expect(try fixture.verify(expected: head).isWhole, "an older head still fits the log that grew")
    #expect(try fixture.verify(expected: newer).isWhole)
  }

  @Test("A log rewritten with another key is seen by whoever kept the public key or a head")
  func otherKey() throws {
    let forged = AuditFixture(seed: 9)
    try forged.fill(10)
    let key = try Ed25519.PublicKey(pem: AuditReader(AuditFixture.folder, disk: fixture.disk).publicKeyPEM())
    #expect(try forged.verify().isWhole)
    #expect(try forged.verify(key: key).faults.contains { $0.code == .auditForged })
    #expect(!(try forged.verify(expected: head).isWhole))
    // The forged log under the real public key and head.
    let copy = fixture.disk.copy(seed: 1)
    copy.damage(path) { $0 = forged.disk.bytes(of: path) ?? [] }
    #expect(try fixture.verify(copy).faults.contains { $0.code == .auditForged })
  }

  @Test("An entry rewritten with all hashes after it made anew is found by the signatures")
  func rehashed() throws {
    var bytes: [UInt8] = []
    var hash = Digest.zero
    var scratch = JSONWriter()
    for line in lines {
      var entry = try #require(AuditLine.entry(line.dropLast()[...]))
      if entry.target == "pump-2" { entry.principal = "key:somebody else" }
      hash = AuditLine.append(entry, after: hash, to: &bytes, &scratch)
    }
    let copy = fixture.disk.copy(seed: 1)
    copy.damage(path) { $0 = bytes }
    let faults = try fixture.verify(copy).faults
    #expect(faults.contains { $0.code == .auditForged } && faults.contains { $0.code == .auditChanged })
  }

  @Test("A signature of a checkpoint does not pass for one of a drop")
  func purposes() throws {
    let key = try Ed25519.PrivateKey()
    let signed = try AuditHead(.head, number: 5, hash: .zero, time: fixture.clock.now(), key: key)
    #expect(signed.isSigned(by: key.publicKey) && !signed.isSigned(.drop, by: key.publicKey))
    #expect(try AuditHead(signed.text) == signed)
    #expect(try AuditHead(" \(signed.text)\n") == signed)
    for text in ["", "{}", signed.text + "x", String(signed.text.dropLast(2)), "[\(signed.text)]"] {
      #expect(throws: NuriError.self) { try AuditHead(text) }
    }
  }

  @Test("Opening refuses a log whose signed part is damaged, instead of going on from it")
  func opening() throws {
    let spoilt: [(inout [UInt8]) -> Void] = [
      { $0.removeLast(10) }, { $0.removeAll() }, { $0[$0.count / 2] ^= 1 },
    ]
    for spoil in spoilt {
      let copy = fixture.disk.copy(seed: 1)
      copy.damage(path, spoil)
      do throws(NuriError) {
        _ = try fixture.open(on: copy)
        Issue.record("a damaged log was opened")
      } catch { #expect(error.code == .corrupt) }
    }
    for name in ["key.pem", path.split(separator: "/").last.map(String.init) ?? ""] {
      let copy = fixture.disk.copy(seed: 1)
      try copy.remove("\(AuditFixture.folder)/\(name)")
      do throws(NuriError) {
        _ = try fixture.open(on: copy)
        Issue.record("a log without \(name) was opened")
      } catch { #expect(error.code == .corrupt) }
    }
  }
}
