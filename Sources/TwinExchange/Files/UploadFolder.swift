public import TwinValues

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The files that people put on a server for jobs to read, and that jobs write for people to fetch.
///
/// One flat folder, opened once by whoever serves it. A name is 1 to `UploadLimits.nameBytes` letters, digits, `.`, `-` and `_` of ASCII that starts
/// with none of the last three, so no name leads out of the folder or hides. A file appears under its name only when
/// it is whole. Any thread; calls block it.
public struct UploadFolder: Sendable {
  /// One file.
  public struct Upload: Hashable, Sendable {
    /// Its name.
    public let name: String
    /// Its size.
    public let bytes: Int64
    /// When it was last written.
    public let modified: Instant
  }

  /// Where the folder is.
  public let path: String
  /// Numbers the files on their way, so that two of one name don't meet.
  private let begun = Counter()

  /// `@unchecked Sendable`: `count` is touched only while holding `lock`.
  private final class Counter: @unchecked Sendable {
    private let lock = Lock()
    private var count = 0
    func next() -> Int {
      lock.withLock {
        count += 1
        return count
      }
    }
  }

  /// Opens a folder, which is made when it is not there. What was on its way when the last server stopped is deleted.
  /// - Throws: `NuriError` with code `fileFailed`.
  public init(_ path: String) throws(NuriError) {
    self.path = path
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
      throw NuriError(.fileFailed, "The folder \(path) can't be made: \(FilePath.reason(errno)).")
    }
    for name in names() where name.hasSuffix(".part") { unlink("\(path)/\(name)") }
  }

  /// - Throws: `NuriError` with code `invalidId` for a text that can't be a file's name here.
  public static func check(name: String) throws(NuriError) {
    let bytes = name.utf8
    let isFit =
      (1...UploadLimits.nameBytes).contains(bytes.count) && bytes.first.map(isLetterOrDigit) == true
      && bytes.allSatisfy { isLetterOrDigit($0) || ".-_".utf8.contains($0) } && !name.hasSuffix(".part")
    guard isFit else {
      throw NuriError(
        .invalidId, "An upload can't be called \"\(name.prefix(200))\".",
        advice:
          "Use 1 to \(UploadLimits.nameBytes) letters, digits, dots, hyphens and underscores, a letter or digit first; not .part at the end."
      )
    }
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: false
    }
  }

  /// The name in a URI: its last part. `nuri:upload/name`, `/uploads/name`, and any `https://host/…/name`: where a
  /// blob was and a query string don't matter, so that a program's own URIs find what was put here under their names.
  /// - Throws: `NuriError` with code `invalidId` for a URI that names no upload.
  public static func name(inURI uri: String) throws(NuriError) -> String {
    let path = uri.prefix { $0 != "?" && $0 != "#" }
    var name: Substring?
    if let start = ["nuri:upload/", "/uploads/"].first(where: { path.hasPrefix($0) }) {
      name = path.dropFirst(start.count)
    } else if path.hasPrefix("https://") || path.hasPrefix("http://") {
      let parts = path.split(separator: "/", omittingEmptySubsequences: false)
      if parts.count > 3 { name = parts.last }
    }
    guard let name else {
      throw NuriError(
        .invalidId, "\"\(uri.prefix(200))\" is no upload of this server.",
        advice: "Send the file with PUT /uploads/name first, and name it nuri:upload/name here.")
    }
    try check(name: String(name))
    return String(name)
  }

  /// Where a file lies.
  /// - Throws: `NuriError` with code `invalidId`.
  public func path(of name: String) throws(NuriError) -> String {
    try Self.check(name: name)
    return "\(path)/\(name)"
  }

  /// A file's size and age.
  /// - Throws: `NuriError` with code `fileNotFound` or `invalidId`.
  public func find(_ name: String) throws(NuriError) -> Upload {
    var status = stat()
    guard lstat(try path(of: name), &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw NuriError(
        .fileNotFound, "There is no upload \"\(name)\".", advice: "Send it with PUT /uploads/\(name).")
    }
    return Upload(
      name: name, bytes: Int64(status.st_size),
      modified: Instant(
        microseconds: Int64(status.st_mtim.tv_sec) * 1_000_000 + Int64(status.st_mtim.tv_nsec) / 1000))
  }

  /// The files, by name.
  public func list() -> [Upload] {
    names().compactMap { try? find($0) }.sorted { $0.name < $1.name }
  }

  private func names() -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      names.append(
        withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
        })
    }
    return names
  }

  /// Deletes a file.
  /// - Throws: `NuriError` with code `fileNotFound` or `invalidId`.
  public func delete(_ name: String) throws(NuriError) {
    _ = try find(name)
    unlink(try path(of: name))
  }

  /// Begins a file; it takes its name, replacing what had it, when it is finished.
  /// - Throws: `NuriError` with code `invalidId`, `limitExceeded` or `fileFailed`.
  public func write(_ name: String) throws(NuriError) -> UploadWriter {
    let target = try path(of: name)
    guard list().count < UploadLimits.files || (try? find(name)) != nil else {
      throw NuriError(
        .limitExceeded, "There are \(UploadLimits.files) uploads already.", advice: "Delete some.")
    }
    return UploadWriter(try OutputFile(raw: target, part: "\(path)/.\(begun.next()).part"))
  }

  /// Opens a file to be read from its beginning.
  /// - Throws: `NuriError` with code `invalidId` or `fileNotFound`.
  public func read(_ name: String) throws(NuriError) -> UploadReader {
    let upload = try find(name)
    return UploadReader(upload, try InputFile(raw: try path(of: name)))
  }
}

/// Bounds on uploads.
public enum UploadLimits {
  /// Bytes of a file's name.
  public static let nameBytes = 128
  /// Files in a folder.
  public static let files = 1_000
  /// Bytes of one file.
  public static let bytes: Int64 = 64 << 30
}

/// A file on its way into a folder of uploads. Dropped before it is finished, it leaves nothing behind. Used by one
/// caller at a time; calls block the thread.
public final class UploadWriter {
  private let file: OutputFile
  /// Bytes taken so far.
  public var bytes: Int64 { file.bytesTaken }

  init(_ file: OutputFile) { self.file = file }

  /// Appends bytes.
  /// - Throws: `NuriError` with code `limitExceeded` or `fileFailed`.
  public func append(_ bytes: [UInt8]) throws(NuriError) {
    guard file.bytesTaken + Int64(bytes.count) <= UploadLimits.bytes else {
      throw NuriError(.limitExceeded, "An upload has at most \(UploadLimits.bytes) bytes.")
    }
    try file.write(bytes)
  }

  /// Puts the file under its name; it is on disk then.
  /// - Throws: `NuriError` with code `fileFailed`.
  public func finish() throws(NuriError) { try file.finish() }
}

/// A file of uploads being read. Used by one caller at a time; calls block the thread.
public final class UploadReader {
  /// The file.
  public let upload: UploadFolder.Upload
  private let file: InputFile

  init(_ upload: UploadFolder.Upload, _ file: InputFile) {
    self.upload = upload
    self.file = file
  }

  /// Reads on: up to `limit` bytes, none at the end.
  /// - Throws: `NuriError` with code `fileFailed`.
  public func next(_ limit: Int = 64 << 10) throws(NuriError) -> [UInt8] {
    var failure: NuriError?
    let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
      do throws(NuriError) {
        count = try file.read(into: UnsafeMutableRawBufferPointer(buffer))
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }
}
