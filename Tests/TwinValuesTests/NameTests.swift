import Glibc
import Testing
import TwinValues

@Suite("Ids, model ids, errors and the lock")
struct NameTests {
  @Test("Ids that twins may have", arguments: ["a", "역삼-1", "urn:x:1;2", "A.b_c~(1)", "🙂", "a'b", "x=y&z"])
  func goodIds(_ id: String) {
    #expect(throws: Never.self) { try TwinId.check(id) }
  }

  @Test(
    "Ids that they may not",
    arguments: [
      "", " ", "a b", "a\t", "a\u{0}", "\"a\"", "a/b", "a\\b", "<a>", "a`", "a\u{7f}", "a\u{a0}", "a\u{3000}",
    ])
  func badIds(_ id: String) {
    let error = #expect(throws: NuriError.self) { try TwinId.check(id) }
    #expect(error?.code == .invalidId)
  }

  @Test("An id is measured in bytes, and the error says which character is wrong")
  func idErrors() {
    #expect(throws: Never.self) { try TwinId.check(String(repeating: "가", count: 42)) }
    #expect(throws: NuriError.self) { try TwinId.check(String(repeating: "가", count: 43)) }
    #expect(throws: NuriError.self) { try TwinId.check(String(repeating: "a", count: 1_000_000)) }
    let error = #expect(throws: NuriError.self) { try TwinId.check("a/b") }
    #expect(error?.message.contains("U+002F") == true)
  }

  @Test(
    "Model ids that DTDL versions allow",
    arguments: [
      ("dtmi:com:example:Thermostat;1", true, true, true), ("dtmi:a;999999999", true, true, true),
      ("dtmi:a_b:c1;1", true, true, true), ("dtmi:a;1.2", true, false, true), ("dtmi:a", true, false, true),
      ("dtmi:_sys:a;1", true, false, false), ("dtmi:a;1#frag", true, false, false),
      ("dtmi:a;0", false, false, false),
      ("dtmi:a;01", false, false, false), ("dtmi:a;1234567890", false, false, false),
      ("dtmi:", false, false, false),
      ("dtmi::a;1", false, false, false), ("dtmi:1a;1", false, false, false),
      ("dtmi:a_;1", false, false, false),
      ("dtmi:a;1;2", false, false, false), ("DTMI:a;1", false, false, false),
      ("dtmi:a;", false, false, false),
      ("dtmi:한;1", false, false, false), ("dtmi:a;1 ", false, false, false), ("", false, false, false),
    ])
  func modelIds(_ text: String, _ any: Bool, _ v2: Bool, _ v3: Bool) {
    #expect(DTMI.isValid(text) == any && DTMI.isValid(text, syntax: .v2) == v2)
    #expect(DTMI.isValid(text, syntax: .v3) == v3)
    #expect((try? DTMI(text)) == nil || any)
  }

  @Test("The parts of a model id")
  func modelIdParts() throws {
    let id = try DTMI("dtmi:com:_sys:Pump;12.3#part")
    #expect(id.labels == ["com", "_sys", "Pump"] && id.majorVersion == 12 && id.minorVersion == 3)
    #expect(id.fragment == "#part" && id.versionless == "dtmi:com:_sys:Pump#part" && id.isReserved)
    let plain = try DTMI("dtmi:a")
    #expect(plain.majorVersion == 0 && plain.minorVersion == 0 && plain.fragment.isEmpty && !plain.isReserved)
    #expect(try plain < DTMI("dtmi:b") && plain.description == "dtmi:a")
    let longest = "dtmi:" + String(repeating: "a", count: DTMI.maximumBytes - 5)
    #expect(DTMI.isValid(longest) && !DTMI.isValid(longest + "a"))
    #expect(throws: NuriError.self) { try DTMI("no") }
  }

  @Test("An error reads from the outside in, and says what to do")
  func errors() {
    let error = NuriError(.invalidJSON, "It broke.", at: "line 3", advice: "Mend it.")
    #expect(error.inside("a.json").inside("b.zip").place == "b.zip, a.json, line 3")
    #expect(NuriError(.invalidJSON, "x").inside("here").place == "here")
    #expect(error.description == "It broke. [line 3] Mend it." && error.inside("f").advice == "Mend it.")
    #expect(NuriError.Code("a") == NuriError.Code(rawValue: "a") && error.code.rawValue == "invalidJSON")
  }

  @Test("The lock keeps threads apart, and is given back when the body throws")
  func lock() {
    let lock = Lock()
    let counter = Counter()
    withThreads(4) {
      for _ in 0..<20_000 { lock.withLock { counter.value += 1 } }
    }
    #expect(counter.value == 80_000)
    #expect(throws: NuriError.self) {
      try lock.withLock { () throws(NuriError) in throw NuriError(.invalidId, "no") }
    }
    #expect(lock.withLock { 5 } == 5)
  }
}

/// Counts under a lock; unchecked because the lock is what the test is about.
private final class Counter: @unchecked Sendable {
  var value = 0
}

/// Runs `body` on several threads and waits for all.
private func withThreads(_ count: Int, _ body: @escaping @Sendable () -> Void) {
  final class Job: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  let job = Job(body)
  var threads = [pthread_t](repeating: 0, count: count)
  for index in 0..<count {
    pthread_create(
      &threads[index], nil,
      { raw in
        if let raw { Unmanaged<Job>.fromOpaque(raw).takeUnretainedValue().body() }
        return nil
      }, Unmanaged.passUnretained(job).toOpaque())
  }
  for thread in threads { pthread_join(thread, nil) }
  withExtendedLifetime(job) {}
}
