import Foundation
import Glibc
import ProofServers
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
  private let logEnded = DispatchSemaphore(value: 0)

  static let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    .appending(path: "nuri")

  /// Starts it and waits until it listens. `key` of an earlier start, when the folder is not new.
  init(
    _ options: String..., in folder: TemporaryFolder? = nil, data: String? = nil,
    key: String? = nil
  )
    throws
  {
    let folder = try folder ?? TemporaryFolder()
    self.folder = folder
    process.executableURL = Self.program
    let data = data ?? folder.path + "/data"
    process.arguments = ["serve", "--data", data, "--listen", "127.0.0.1:0", "--json"] + options
    let output = Pipe()
    let log = Pipe()
    process.standardOutput = output
    process.standardError = log
    let (errors, logEnded) = (errors, logEnded)
    log.fileHandleForReading.readabilityHandler = { handle in
      let bytes = handle.availableData
      if !bytes.isEmpty { return errors.take(Array(bytes)) }
      handle.readabilityHandler = nil
      logEnded.signal()
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
    // Its last words may still be on their way; whoever waits again finds them there.
    _ = logEnded.wait(timeout: .now() + 10)
    logEnded.signal()
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
