import TwinLog
import TwinNet
import TwinValues

/// The page's files, read into memory: a request finds its path in a table or there is nothing. Any thread.
///
/// `@unchecked Sendable`: `files` is touched only while holding `lock`.
final class PageShelf: @unchecked Sendable {
  /// Files of a page.
  static let mostFiles = 2_000
  /// One file, in bytes.
  static let fileBytes = 8 << 20
  /// Folders within folders.
  static let mostDepth = 8

  private let folder: String
  private let isReadEachTime: Bool
  private let lock = Lock()
  private var files: [String: PageFile] = [:]

  /// Reads the files.
  /// - Throws: `NuriError` when there is no `index.html` in the folder or a file can't be read.
  init(_ settings: PageSettings) throws(NuriError) {
    folder = settings.folder
    isReadEachTime = settings.reloads
    try reload()
  }

  /// Reads them anew; when that fails, the old ones stay.
  /// - Throws: as `init`.
  func reload() throws(NuriError) {
    let names = try names()
    var fresh: [String: PageFile] = [:]
    if !isReadEachTime {
      for (path, name) in names { fresh[path] = try read(name, isPacked: true) }
    }
    lock.withLock { files = fresh }
  }

  /// The answer to a request for `/` or a path under `/page`.
  func answer(_ request: HTTPRequest) throws(Refusal) -> HTTPResponse {
    guard request.method == .get || request.method == .head else { throw .methodNotAllowed("GET, HEAD") }
    guard let file = try file(String(request.target.rawPath)) else {
      throw .nothing("The page has no such file.")
    }
    var headers = PageShelf.headers
    headers.append("etag", file.tag)
    if file.isCoded { headers.append("vary", "accept-encoding") }
    let known = request.headers.list("if-none-match")
    if known.contains(file.tag) || known == ["*"] { return HTTPResponse(status: 304, headers: headers) }
    headers.append("content-type", file.type)
    let (bytes, coding) = file.body(request.headers.list("accept-encoding"))
    if let coding { headers.append("content-encoding", coding.name) }
    return HTTPResponse(headers: headers, body: .bytes(bytes))
  }

  /// Scripts, styles, pictures and requests of this server only; no frames, no plug-ins, nothing inline (Content
  /// Security Policy Level 3). Browsers ask each time whether a file is still the same.
  private static let headers: HTTPHeaders = [
    "cache-control": "no-cache",
    "content-security-policy":
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
      + "worker-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy":
      "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), midi=()",
  ]

  private func file(_ path: String) throws(Refusal) -> PageFile? {
    if !isReadEachTime { return lock.withLock { files[path] } }
    do throws(NuriError) {
      guard let name = try names()[path] else { return nil }
      return try read(name, isPacked: false)
    } catch {
      throw Refusal(error)
    }
  }

  private func read(_ name: String, isPacked: Bool) throws(NuriError) -> PageFile? {
    let bytes = try PosixDisk().readFile("\(folder)/\(name)", limit: Self.fileBytes)
    return PageFile(name: name, bytes: bytes, isPacked: isPacked)
  }

  /// The paths that lead somewhere, and the files they lead to.
  private func names() throws(NuriError) -> [String: String] {
    var found: [String] = []
    do throws(NuriError) { try collect("", depth: 0, &found) } catch {
      throw error.inside("page.folder")
    }
    guard found.contains("index.html") else {
      throw NuriError(
        .invalidSetting, "\"\(folder)\" has no index.html.", at: "page.folder",
        advice: "Name the folder Page of the repository.")
    }
    var names = ["/": "index.html"]
    for name in found { names["/page/\(name)"] = name }
    return names
  }

  private func collect(_ inner: String, depth: Int, _ found: inout [String]) throws(NuriError) {
    for entry in try PosixDisk().list(inner.isEmpty ? folder : "\(folder)/\(inner)")
    where entry.name.first != "." {
      let name = inner.isEmpty ? entry.name : "\(inner)/\(entry.name)"
      if entry.isDirectory {
        if depth < Self.mostDepth { try collect(name, depth: depth + 1, &found) }
      } else {
        found.append(name)
      }
      guard found.count <= Self.mostFiles else {
        throw NuriError(
          .limitExceeded, "There are more than \(Self.mostFiles) files.", at: folder,
          advice: "Name the folder of the page alone.")
      }
    }
  }
}
