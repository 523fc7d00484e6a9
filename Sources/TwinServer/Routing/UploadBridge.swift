import TwinEngine
import TwinExchange
import TwinNet
import TwinValues

/// Files that people send for import jobs, and fetch: `PUT`, `GET`, `DELETE /uploads/{name}`. Any thread.
///
/// Bodies stream to and from the disk on threads of their own, so that a slow disk keeps no connection waiting but
/// its own.
final class UploadBridge: Sendable {
  private let folder: UploadFolder
  private let limits: ServerLimits
  private let pool: WorkPool

  init(_ folder: UploadFolder, limits: ServerLimits, pool: WorkPool) {
    self.folder = folder
    self.limits = limits
    self.pool = pool
  }

  func respond(
    to request: HTTPRequest, _ route: RoutePath, _ principal: Principal
  ) async throws(Refusal) -> HTTPResponse {
    do throws(NuriError) {
      let segments = RequestTarget(String(route.path))?.segments ?? []
      if segments.count == 1 { return try await list(request, principal) }
      guard segments.count == 2 else { throw NuriError(.fileNotFound, "There is nothing at this path.") }
      let name = segments[1]
      try UploadFolder.check(name: name)
      switch request.method {
      case .put: return try await put(name, request, principal)
      case .get, .head: return try await get(name, principal)
      case .delete:
        try principal.require(.write)
        try await pool.run { () throws(NuriError) in try self.folder.delete(name) }
        return HTTPResponse(status: 204)
      default:
        return Refusal.methodNotAllowed("GET, HEAD, PUT, DELETE").response(.uploads, requestId: request.id)
      }
    } catch {
      throw Refusal(error)
    }
  }

  private func list(_ request: HTTPRequest, _ principal: Principal) async throws(NuriError) -> HTTPResponse {
    guard request.method == .get else {
      return Refusal.methodNotAllowed("GET").response(.uploads, requestId: request.id)
    }
    try principal.require(.read)
    let uploads = try await pool.run { () throws(NuriError) in self.folder.list() }
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("value")
    writer.beginArray()
    for upload in uploads { upload.write(to: &writer) }
    writer.endArray()
    writer.endObject()
    return .bytes(writer.bytes, type: "application/json")
  }

  /// Takes a file; it appears under its name when it is whole and on disk.
  private func put(
    _ name: String, _ request: HTTPRequest, _ principal: Principal
  ) async throws(NuriError) -> HTTPResponse {
    try principal.require(.write)
    let others = try await pool.run { () throws(NuriError) in
      self.folder.list().filter { $0.name != name }.reduce(0) { $0 + $1.bytes }
    }
    let limit = Int64(limits.uploadBytes)
    let room = Int64(limits.uploadedBytes) - others
    let writer = try await pool.run { () throws(NuriError) in UploadInHand(try self.folder.write(name)) }
    for try await piece in request.body {
      let bytes = writer.bytes + Int64(piece.count)
      guard bytes <= limit else { throw NuriError(.bodyTooLarge, "An upload has at most \(limit) bytes.") }
      guard bytes <= room else {
        throw NuriError(
          .insufficientStorage, "All uploads together have at most \(limits.uploadedBytes) bytes.",
          advice: "Delete some.")
      }
      try await pool.run { () throws(NuriError) in try writer.append(piece) }
    }
    try await pool.run { () throws(NuriError) in try writer.finish() }
    let upload = try await pool.run { () throws(NuriError) in try self.folder.find(name) }
    var json = JSONWriter()
    upload.write(to: &json)
    return .bytes(json.bytes, type: "application/json", status: 201)
  }

  private func get(_ name: String, _ principal: Principal) async throws(NuriError) -> HTTPResponse {
    try principal.require(.read)
    let pool = pool
    let file = try await pool.run { () throws(NuriError) in UploadBeingRead(try self.folder.read(name)) }
    return HTTPResponse(
      headers: [
        "content-type": "application/octet-stream", "content-disposition": "attachment; filename=\"\(name)\"",
      ],
      body: .stream(length: Int(file.bytes)) { out in
        while true {
          let piece = try await pool.run { () throws(NuriError) in try file.next() }
          if piece.isEmpty { return }
          try await out.write(piece)
        }
      })
  }
}

/// A file being written by one request, on whichever thread of the pool has time.
///
/// `@unchecked Sendable`: one request calls, one call after the other.
private final class UploadInHand: @unchecked Sendable {
  private let writer: UploadWriter

  init(_ writer: UploadWriter) { self.writer = writer }

  var bytes: Int64 { writer.bytes }
  func append(_ bytes: [UInt8]) throws(NuriError) { try writer.append(bytes) }
  func finish() throws(NuriError) { try writer.finish() }
}

/// A file being read for one answer, on whichever thread of the pool has time.
///
/// `@unchecked Sendable`: one answer calls, one call after the other.
private final class UploadBeingRead: @unchecked Sendable {
  private let reader: UploadReader

  init(_ reader: UploadReader) { self.reader = reader }

  var bytes: Int64 { reader.upload.bytes }
  func next() throws(NuriError) -> [UInt8] { try reader.next() }
}

extension UploadFolder.Upload {
  fileprivate func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("name", name)
    writer.field("bytes", Int(bytes))
    writer.field("modified", modified.description)
    writer.endObject()
  }
}
