import Testing

/// What only the rooms that provide it may call, and what nobody may.
@Suite("Purity")
struct PurityTests {
  /// Words that only some files may say.
  struct Banned: Sendable, CustomStringConvertible {
    let name: String
    let words: [String]
    /// Files or folders that may, and why.
    var providers: [String: String] = [:]
    var description: String { name }

    /// Where they are said by others.
    func breaches() -> [String] {
      Repository.sources.flatMap { source -> [String] in
        let isProvider = providers.keys.contains { source.path == $0 || source.path.hasPrefix($0 + "/") }
        if isProvider || source.room.isTestSupport { return [] }
        return words.filter(source.says).flatMap { word in
          source.code.indices.filter { source.code[$0].calls(word) }.map {
            "\(source.path):\($0 + 1): \(source.lines[$0].trimmed)"
          }
        }
      }
    }
  }

  static let console = "Sources/NuriCommands/Console/Console+System.swift"
  static let world: [Banned] = [
    Banned(
      name: "the time",
      words: ["Date()", "Date.now", "clock_gettime(", "gettimeofday(", "ContinuousClock", "SuspendingClock"],
      providers: [
        "Sources/TwinEngine/WorldClock.swift": "the system's clock, handed to the engine as a `WorldClock`",
        "Sources/TwinValues/Monitor.swift": "a wait that ends needs an instant to end at",
        "Sources/TwinNet/Loop/LoopClock.swift": "deadlines of connections, and the `date` field",
        "Sources/TwinClients/ClientClock.swift": "the system's clock, handed to clients as a `ClientClock`",
        console: "the console a person sits at",
      ]),
    Banned(
      name: "sleeping", words: ["nanosleep(", "usleep(", "sleep(", "Task.sleep("],
      providers: [
        "Sources/TwinClients/ClientClock.swift": "pauses between tries, handed in as a `ClientClock`",
        console: "the console a person sits at",
      ]),
    Banned(
      name: "randomness",
      words: [
        "SystemRandomNumberGenerator", "getrandom(", "arc4random", "drand48(", ".random(", ".randomElement(",
        ".shuffled(", "RAND_bytes(",
      ],
      providers: [
        "Sources/TwinClients/ClientClock.swift": "the chance in delays, handed in as a `ClientClock`",
        "Sources/TwinIdentity/SecureRandom.swift": "keys, from libcrypto's generator",
        "Sources/TwinNet/TLS/PrivateAuthority.swift": "serial numbers of certificates",
      ]),
    Banned(
      name: "the network",
      words: ["socket(", "socketpair(", "accept4(", "getaddrinfo(", "AF_INET", "AF_UNIX"],
      providers: [console: "one datagram to the service manager"]),
    Banned(
      name: "the environment", words: ["getenv(", "setenv(", "ProcessInfo"],
      providers: [console: "the console a person sits at"]),
    Banned(
      name: "files",
      words: [
        "O_RDONLY", "O_WRONLY", "O_RDWR", "O_CREAT", "openat(", "fopen(", "pwrite(", "pread(", "fsync(",
        "fdatasync(", "ftruncate(", "rename(", "mkdir(",
      ],
      providers: [
        "Sources/TwinLog": "the room of disks; everything else is handed a `Disk`",
        "Sources/TwinNet/TLS/CertificateFile.swift": "OpenSSL reads certificates and keys as files",
        "Sources/TwinExchange/Files": "imports and exports are files by nature",
        "Sources/NuriCommands": "the command line reads the files it is told",
      ]),
    Banned(
      name: "printing", words: ["print(", "debugPrint(", "dump("],
      providers: ["Sources/NuriCommands": "the room that talks to people"]),
  ]

  @Test("Time, chance, disk, network and environment come from the rooms that provide them", arguments: world)
  func providers(_ banned: Banned) {
    #expect(banned.breaches() == [], "\(banned.name)")
  }

  static let traps: [Banned] = [
    Banned(name: "errors by force", words: ["try!"]), Banned(name: "casts by force", words: ["as!"]),
    Banned(
      name: "traps",
      words: [
        "fatalError(", "precondition(", "preconditionFailure(", "assertionFailure(", "assert(", "abort(",
      ]), Banned(name: "references that may dangle", words: ["unowned"]),
  ]

  @Test("Nothing that ships stops the process on purpose", arguments: traps)
  func noTraps(_ banned: Banned) {
    #expect(banned.breaches() == [], "\(banned.name)")
  }

  @Test("Nothing is unwrapped by force")
  func noForce() {
    #expect(breaches { source, line in source.code[line].unwrapsByForce } == [])
  }

  @Test("Every room that provides something is still there")
  func providersExist() {
    for path in Self.world.flatMap({ $0.providers.keys }) {
      #expect(Repository.sources.contains { $0.path == path || $0.path.hasPrefix(path + "/") }, "\(path)")
    }
  }

  @Test("Blanking takes comments and texts out and leaves code")
  func blanking() {
    let text = ##"let a = "x\("in { " + b)y" /* { */ + #"q"\#(c("}"))"# // {"##
    let blanked = Blanked.text(text)
    #expect(blanked.count == text.count && !blanked.contains("{") && !blanked.contains("}"))
    #expect(blanked.hasPrefix("let a = \"") && blanked.contains("+ #\""))
    #expect(Blanked.text("a \"\"\"\n {\" \\\"\"\" \n\"\"\" b {").hasSuffix("\"\"\" b {"))
  }
}

extension Repository.Source {
  /// Whether the word stands anywhere in the file, for leaving out whole files at once.
  fileprivate func says(_ word: String) -> Bool { text.contains(word) }
}

extension String {
  /// Test support stands in for the world outside, and is never shipped.
  fileprivate var isTestSupport: Bool { self == "TwinStorm" }

  /// Whether the line says a word as a whole, and neither declares it nor means a member of that name.
  fileprivate func calls(_ word: String) -> Bool {
    ranges(of: word).contains { range in
      let before = self[..<range.lowerBound]
      let last = before.last ?? " "
      let isWhole = word.hasPrefix(".") || !(last.isLetter || last.isNumber || last == "_" || last == ".")
      let next = range.upperBound < endIndex ? self[range.upperBound] : " "
      let ends = !(word.last?.isLetter ?? false) || !(next.isLetter || next.isNumber)
      return isWhole && ends && !before.hasSuffix("func ")
    }
  }

  /// Whether an exclamation mark follows a value and does not compare.
  fileprivate var unwrapsByForce: Bool {
    let bytes = Array(utf8)
    return bytes.indices.contains { i in
      guard bytes[i] == UInt8(ascii: "!"), i > 0 else { return false }
      let before = Character(Unicode.Scalar(bytes[i - 1]))
      let after = i + 1 < bytes.count ? bytes[i + 1] : 0
      let follows = before.isLetter || before.isNumber || "_)]>?".contains(before)
      return follows && after != UInt8(ascii: "=")
    }
  }
}
