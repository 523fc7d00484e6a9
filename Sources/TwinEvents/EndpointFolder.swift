import TwinEngine
import TwinLog
public import TwinValues

/// An endpoint's folder: how far delivery has come, and its dead letters. Used on the file thread only.
///
/// `position.json` holds the last change whose events have all been delivered or laid among the dead letters;
/// `dead-<number>.ndjson` dead letters, the newest in the file with the highest number.
final class EndpointFolder {
  let path: String
  private let disk: any Disk
  /// The file that dead letters are added to, when one is open.
  private var file: (any DiskFile)?
  private var fileBytes: UInt64 = 0
  private var newest = 0
  private var names: [String] = []

  /// - Throws: `NuriError` when the disk refuses.
  init(_ path: String, _ disk: any Disk) throws(NuriError) {
    self.path = path
    self.disk = disk
    try disk.makeDirectories(path)
    names = try disk.list(path).map(\.name).filter { $0.hasPrefix("dead-") && $0.hasSuffix(".ndjson") }
    newest = names.compactMap { Int($0.dropFirst(5).dropLast(7)) }.max() ?? 0
    try mendNewest()
  }

  // MARK: Position

  /// How far delivery has come; `nil` when nothing was noted yet.
  /// - Throws: `NuriError` with code `corrupt` for a note that can't be read.
  func position() throws(NuriError) -> UInt64? {
    let bytes: [UInt8]
    do throws(NuriError) { bytes = try disk.readFile("\(path)/position.json", limit: 4096) } catch {
      if error.code == .fileMissing { return nil }
      throw error
    }
    guard let sequence = try? JSONDocument(bytes).root["sequence"]?.uint64 else {
      throw NuriError(
        .corrupt, "The note of how far delivery has come can't be read.", at: "\(path)/position.json",
        advice:
          "Write {\"sequence\": N} with the last change to leave out, or remove it to begin with what comes next."
      )
    }
    return sequence
  }

  /// Notes how far delivery has come; durable when it returns.
  func note(_ sequence: UInt64) throws(NuriError) {
    try disk.replaceFile("\(path)/position.json", with: Array("{\"sequence\": \(sequence)}\n".utf8))
  }

  // MARK: Dead letters

  /// Adds dead letters; durable when it returns. Returns how many old ones had to go.
  func add(_ letters: [DeadLetter]) throws(NuriError) -> Int {
    let lines = EndpointFolder.lines(letters)
    let file = try openFile()
    let result = lines.withUnsafeBytes { bytes in
      Result { () throws(NuriError) in try file.write(bytes, at: fileBytes) }
    }
    try result.get()
    try file.sync()
    fileBytes += UInt64(lines.count)
    return try dropOldest()
  }

  private func openFile() throws(NuriError) -> any DiskFile {
    if let file, fileBytes < UInt64(EventLimits.deadFileBytes) { return file }
    closeFile()
    newest += 1
    let name = "dead-\(Self.padded(newest)).ndjson"
    let opened = try disk.open("\(path)/\(name)", .replace)
    try disk.syncDirectory(path)
    names.append(name)
    file = opened
    fileBytes = 0
    return opened
  }

  /// What is added from now on goes into a new file.
  func closeFile() {
    file?.close()
    file = nil
  }

  private func dropOldest() throws(NuriError) -> Int {
    var dropped = 0
    while names.count > EventLimits.deadFiles {
      let name = names.removeFirst()
      dropped += (try? letters(in: name).count) ?? 0
      try disk.remove("\(path)/\(name)")
    }
    return dropped
  }

  /// The files that hold dead letters, oldest first.
  var files: [String] { names }

  /// The dead letters of a file, oldest first.
  func letters(in name: String) throws(NuriError) -> [DeadLetter] {
    let bytes = try disk.readFile("\(path)/\(name)", limit: 1 << 30)
    var letters: [DeadLetter] = []
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      do throws(NuriError) {
        letters.append(try DeadLetter(try JSONDocument(Array(line)).root))
      } catch {
        throw error.inside("\(path)/\(name)")
      }
    }
    return letters
  }

  /// Keeps only these letters in a file; without any the file goes. One that had to go meanwhile stays gone.
  func replace(_ name: String, with letters: [DeadLetter]) throws(NuriError) {
    guard names.contains(name) else { return }
    if letters.isEmpty {
      names.removeAll { $0 == name }
      try disk.remove("\(path)/\(name)")
      try disk.syncDirectory(path)
    } else {
      try disk.replaceFile("\(path)/\(name)", with: EndpointFolder.lines(letters))
    }
  }

  private static func lines(_ letters: [DeadLetter]) -> [UInt8] {
    var writer = JSONWriter()
    for letter in letters {
      letter.write(into: &writer)
      writer.newline()
    }
    return writer.bytes
  }

  /// Cuts off a line that a crash left half written.
  private func mendNewest() throws(NuriError) {
    guard let name = names.last else { return }
    let bytes = try disk.readFile("\(path)/\(name)", limit: 1 << 30)
    let end = (bytes.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
    guard end < bytes.count else { return }
    let file = try disk.open("\(path)/\(name)", .write)
    try file.truncate(to: UInt64(end))
    try file.sync()
    file.close()
  }

  private static func padded(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 8 - digits.utf8.count)) + digits
  }
}

/// An event that could not be delivered.
public struct DeadLetter: Sendable {
  /// The event.
  public let event: CloudEvent
  /// Why it could not be delivered.
  public let reason: String
  /// How often it was tried, all in all.
  public let attempts: Int
  /// When it was given up.
  public let at: Instant

  init(_ event: CloudEvent, _ reason: String, attempts: Int, at: Instant) {
    self.event = event
    self.reason = reason
    self.attempts = attempts
    self.at = at
  }

  init(_ root: JSONNode) throws(NuriError) {
    guard let event = root["event"], let reason = root["reason"]?.string, let at = root["at"]?.string else {
      throw NuriError(.invalidJSON, "The line holds no dead letter.", at: root.place)
    }
    self.event = try CloudEvent(event)
    self.reason = reason
    attempts = Int(clamping: root["attempts"]?.int64 ?? 0)
    self.at = try Instant(at)
  }

  /// Writes it as the object that files and lists have.
  public func write(into writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("at")
    writer.string(at.description)
    writer.key("attempts")
    writer.integer(Int64(attempts))
    writer.key("reason")
    writer.string(reason)
    writer.key("event")
    event.write(into: &writer)
    writer.endObject()
  }
}
