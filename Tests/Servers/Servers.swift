// Test support: servers of others, started for a test and ended after it.
import Foundation
import Synchronization

/// What a test needs that this machine does not give.
package struct Missing: Error, CustomStringConvertible {
  package let description: String
  package init(_ description: String) { self.description = description }
}

/// A folder that goes away with its last reference.
package final class TemporaryFolder: Sendable {
  package let path: String

  package init() throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("nuri-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  package func write(_ name: String, _ text: String) throws -> String {
    try text.write(toFile: "\(path)/\(name)", atomically: true, encoding: .utf8)
    return "\(path)/\(name)"
  }

  package func text(_ name: String) -> String {
    (try? String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)) ?? ""
  }
}

/// A process that ends with its last reference, at the latest.
package final class Server: Sendable {
  /// 0 once it has ended and been waited for.
  private let process: Mutex<pid_t>
  private let code = Mutex<Int32>(-1)
  private let folder: TemporaryFolder

  package init(_ program: String, _ arguments: [String]) throws {
    guard let path = Self.find(program) else { throw Missing("\(program) is not installed") }
    folder = try TemporaryFolder()
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, "\(folder.path)/out", O_WRONLY | O_CREAT | O_APPEND, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    // Pipes of other tests' programs must not stay open here: their readers would wait for this one's end.
    for descriptor in 3..<Int32(min(sysconf(Int32(_SC_OPEN_MAX)), 4096)) {
      posix_spawn_file_actions_addclose(&actions, descriptor)
    }
    // Threads of a pool block signals, and a child would go on blocking them.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var child: pid_t = 0
    guard posix_spawn(&child, path, &actions, &attributes, &words, environ) == 0 else {
      throw Missing("\(program) can't be started")
    }
    process = Mutex(child)
  }

  deinit { stop() }

  /// What it has written so far.
  package var output: String { folder.text("out") }

  package func stop(signal: Int32 = SIGTERM) {
    let child = process.withLock { $0 }
    if child > 0 { kill(child, signal) }
    _ = wait()
  }

  /// Waits until the process has ended and returns its exit code.
  package func wait() -> Int32 {
    process.withLock { child in
      guard child > 0 else { return code.withLock { $0 } }
      var status: Int32 = 0
      while waitpid(child, &status, 0) < 0, errno == EINTR {}
      child = 0
      return code.withLock {
        $0 = status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
        return $0
      }
    }
  }

  /// Waits until something holds; `false` after half a minute.
  @discardableResult
  package static func until(_ condition: () throws -> Bool) async rethrows -> Bool {
    for _ in 0..<3000 {
      if try condition() { return true }
      try? await Task.sleep(nanoseconds: 10_000_000)
    }
    return false
  }

  package static func find(_ program: String) -> String? {
    if program.hasPrefix("/") { return program }
    return ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/bin"].map { "\($0)/\(program)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// Runs a program to its end and returns what it wrote.
  @discardableResult
  package static func run(_ program: String, _ arguments: [String]) throws -> String {
    let server = try Server(program, arguments)
    let code = server.wait()
    guard code == 0 else { throw Missing("\(program) \(arguments.joined(separator: " ")): \(server.output)") }
    return server.output
  }

  /// A port nobody listens on now.
  package static func freePort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 ? getsockname(descriptor, $0, &length) : -1
      }
    }
    guard code == 0 else { throw Missing("no free port") }
    return Int(UInt16(bigEndian: address.sin_port))
  }
}

/// An authority of our own and a certificate for localhost and 127.0.0.1.
package struct Certificates: Sendable {
  package let authority: String
  package let certificate: String
  package let key: String
  package let clientCertificate: String
  package let clientKey: String

  package init(in folder: TemporaryFolder) throws {
    let path = folder.path
    authority = "\(path)/ca.pem"
    certificate = "\(path)/server.pem"
    key = "\(path)/server.key"
    clientCertificate = "\(path)/client.pem"
    clientKey = "\(path)/client.key"
    try Server.run(
      "openssl",
      [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
        "-subj", "/CN=Test authority", "-keyout", "\(path)/ca.key", "-out", authority,
      ])
    let names = try folder.write("names.ext", "subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    for (name, key, certificate) in [
      ("localhost", key, certificate), ("client", clientKey, clientCertificate),
    ] {
      let request = "\(path)/\(name).csr"
      try Server.run(
        "openssl",
        [
          "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=\(name)",
          "-keyout", key, "-out", request,
        ])
      try Server.run(
        "openssl",
        [
          "x509", "-req", "-in", request, "-CA", authority, "-CAkey", "\(path)/ca.key", "-CAcreateserial",
          "-days", "2", "-extfile", names, "-out", certificate,
        ])
    }
  }
}

/// `receiver.py` at work.
package final class Receiver: Sendable {
  package let port: Int
  private let server: Server
  private let log: String
  private let isSecure: Bool

  package var address: String { "\(isSecure ? "https" : "http")://localhost:\(port)" }

  package init(
    in folder: TemporaryFolder, _ certificates: Certificates? = nil, script: String = "", port: Int = 0
  ) async throws {
    log = "\(folder.path)/received.ndjson"
    isSecure = certificates != nil
    let place = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
      "receiver.py")
    var arguments = [place.path, "\(port)", "--log", log, "--script", script]
    if let certificates { arguments += ["--tls", certificates.certificate, certificates.key] }
    let server = try Server("python3", arguments)
    self.server = server
    guard await Server.until({ server.output.contains("\n") }),
      let port = Int(server.output.split(separator: "\n")[0])
    else { throw Missing("receiver.py did not start: \(server.output)") }
    self.port = port
  }

  package func stop() { server.stop() }

  /// One request it was sent.
  package struct Entry: Sendable {
    package let method: String
    package let path: String
    /// What it answered; 0 for nothing.
    package let status: Int
    /// The caller's port: the same for calls over one connection.
    package let port: Int
    package let headers: [String: String]
    package let body: [UInt8]
    package var text: String { String(decoding: body, as: UTF8.self) }
  }

  /// What it was sent so far.
  package func entries() throws -> [Entry] {
    guard let data = FileManager.default.contents(atPath: log) else { return [] }
    return try data.split(separator: UInt8(ascii: "\n")).map { line in
      guard let object = try JSONSerialization.jsonObject(with: line) as? [String: Any] else {
        throw Missing("receiver.py wrote no object")
      }
      return Entry(
        method: object["method"] as? String ?? "", path: object["path"] as? String ?? "",
        status: object["status"] as? Int ?? 0, port: object["port"] as? Int ?? 0,
        headers: object["headers"] as? [String: String] ?? [:],
        body: Array(Data(base64Encoded: object["body"] as? String ?? "") ?? Data()))
    }
  }
}

/// A mosquitto broker at work.
package final class Broker: Sendable {
  package let port: Int
  private let server: Server

  /// - Parameter users: names and passwords; without any, everybody may come.
  package init(
    in folder: TemporaryFolder, _ certificates: Certificates? = nil, users: [(String, String)] = [],
    asksForCertificate: Bool = false, port: Int? = nil, more: String = ""
  ) async throws {
    let port = try port ?? Server.freePort()
    self.port = port
    var lines = "listener \(port) 127.0.0.1\nallow_anonymous \(users.isEmpty)\n"
    if getuid() == 0 { lines += "user root\n" }
    if let certificates {
      lines += "cafile \(certificates.authority)\ncertfile \(certificates.certificate)\n"
      lines += "keyfile \(certificates.key)\nrequire_certificate \(asksForCertificate)\n"
    }
    if !users.isEmpty {
      let file = try folder.write("users", users.map { "\($0):\($1)\n" }.joined())
      try Server.run("mosquitto_passwd", ["-U", file])
      lines += "password_file \(file)\n"
    }
    let configuration = try folder.write("mosquitto-\(port).conf", lines + more)
    let server = try Server("mosquitto", ["-c", configuration])
    self.server = server
    guard await Server.until({ server.output.contains("running") }) else {
      throw Missing("mosquitto did not start: \(server.output)")
    }
  }

  package func stop(signal: Int32 = SIGTERM) { server.stop(signal: signal) }
}
