import Foundation
import Glibc
import Testing
import TwinValues

/// The built program serving a folder, as somebody would run it.
final class LiveServer: @unchecked Sendable {
  // `@unchecked Sendable`: set up in `init`, then `process` is only asked and killed; `errors` is behind its lock.
  let folder: TemporaryFolder
  let port: UInt16
  let key: String
  let scheme: String
  let authority: String
  private let process = Process()
  private let errors = LogLines()

  static let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    .appending(path: "nuri")

  /// Starts it and waits until it listens. `key` of an earlier start, when the folder is not new.
  init(
    _ options: String..., in folder: TemporaryFolder = TemporaryFolder(), data: String? = nil,
    key: String? = nil
  )
    throws
  {
    self.folder = folder
    process.executableURL = Self.program
    let data = data ?? folder.path + "/data"
    process.arguments = ["serve", "--data", data, "--listen", "127.0.0.1:0", "--json"] + options
    let output = Pipe()
    let log = Pipe()
    process.standardOutput = output
    process.standardError = log
    let errors = errors
    log.fileHandleForReading.readabilityHandler = { handle in
      let bytes = handle.availableData
      if bytes.isEmpty { handle.readabilityHandler = nil } else { errors.take(Array(bytes)) }
    }
    try process.run()
    var line = Data()
    while !line.contains(10) {
      let more = output.fileHandleForReading.availableData
      if more.isEmpty { break }
      line += more
    }
    guard let ready = try? JSONDocument(String(decoding: line, as: UTF8.self)).root,
      let address = ready["addresses"]?.elements.map({ $0.string ?? "" }).first,
      let port = UInt16(address.split(separator: ":").last ?? "")
    else {
      process.waitUntilExit()
      throw NuriError(
        .init("test"), "It did not start: \(String(decoding: line, as: UTF8.self)) \(errors.text)")
    }
    self.port = port
    scheme = String(address.prefix { $0 != ":" })
    self.key = key ?? ready["adminKey"]?.string ?? ""
    authority = ready["authority"]?.string ?? ""
  }

  deinit { if process.isRunning { Glibc.kill(process.processIdentifier, SIGKILL) } }

  var isRunning: Bool { process.isRunning }
  var log: String { errors.text }
  var processId: Int32 { process.processIdentifier }

  func signal(_ signal: Int32) { Glibc.kill(process.processIdentifier, signal) }

  /// Waits for its end; its exit status.
  func wait() -> Int32 {
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// Ends it well.
  @discardableResult
  func stop() -> Int32 {
    signal(SIGTERM)
    return wait()
  }

  /// Runs curl against it with the key; the body, a line feed and the status.
  func curl(_ target: String, _ options: String...) -> (status: Int, body: String) {
    curl(target, options: options)
  }

  func curl(_ target: String, options: [String]) -> (status: Int, body: String) {
    let curl = Process()
    curl.executableURL = URL(filePath: "/usr/bin/curl")
    curl.arguments =
      ["-sS", "--max-time", "20", "-w", "\n%{http_code}"]
      + (options.contains("Authorization:") ? [] : ["-H", "Authorization: Bearer \(key)"])
      + (authority.isEmpty ? [] : ["--cacert", authority]) + options
      + ["\(scheme)://127.0.0.1:\(port)\(target)"]
    let output = Pipe()
    curl.standardOutput = output
    curl.standardError = output
    guard (try? curl.run()) != nil else { return (0, "no curl") }
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    curl.waitUntilExit()
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return (Int(lines.last ?? "") ?? 0, lines.dropLast().joined(separator: "\n"))
  }

  /// Makes the model and a twin `a`.
  func furnish() {
    let json = ["-H", "content-type: application/json"]
    _ = curl("/models?\(House.version)", options: json + ["-d", "[\(House.model)]"])
    _ = curl("/digitaltwins/a?\(House.version)", options: json + ["-X", "PUT", "-d", House.twin])
  }

  /// The head of a request with the key.
  func head(_ method: String, _ target: String, _ fields: String...) -> String {
    let lines = ["\(method) \(target) HTTP/1.1", "host: 127.0.0.1", "authorization: Bearer \(key)"] + fields
    return lines.joined(separator: "\r\n") + "\r\n\r\n"
  }
}

/// A blocking socket that sends exactly what it is given. Reads give up after a few seconds.
final class RawSocket {
  private let descriptor: Int32

  init(_ port: UInt16, patienceMilliseconds: Int = 15_000) {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var timeout = timeval(tv_sec: patienceMilliseconds / 1000, tv_usec: patienceMilliseconds % 1000 * 1000)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    _ = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }

  deinit { close(descriptor) }

  @discardableResult
  func send(_ text: String) -> Bool { send(bytes: Array(text.utf8)) }

  @discardableResult
  func send(bytes: [UInt8]) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count <= 0 { return false }
      sent += count
    }
    return true
  }

  func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// What comes next; empty at the end or after the wait.
  func receive() -> String {
    var buffer = [UInt8](repeating: 0, count: 65536)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    return count > 0 ? String(decoding: buffer.prefix(count), as: UTF8.self) : ""
  }

  /// Everything until the peer closes.
  func receiveAll() -> String {
    var all = ""
    while true {
      let more = receive()
      if more.isEmpty { return all }
      all += more
    }
  }

  /// The status of the next answer; 0 for none.
  func status() -> Int { Int(receive().dropFirst(9).prefix(3)) ?? 0 }
}
