import TwinValues

/// Where rejected records go: a file of the import format, each record with a `$error` that says what is
/// wrong with it. Put right, it can be imported as it is. The file is made with the first reject.
///
/// Or to whoever wants to be told of them instead of having a file.
struct RejectFile {
  let path: String?
  private(set) var count = 0
  private var file: OutputFile?
  private var section: ImportSection?
  private let document = JSONDocument()

  private let tell: (@Sendable (ImportSection, Int, NuriError) -> Void)?

  init(besides path: String) {
    self.path = path + ".rejects.ndjson"
    tell = nil
  }

  init(telling tell: @escaping @Sendable (ImportSection, Int, NuriError) -> Void) {
    path = nil
    self.tell = tell
  }

  mutating func append(_ reject: Reject) throws(NuriError) {
    tell?(reject.section, reject.line, reject.error)
    count += 1
    if let path { try write(reject, to: path) }
  }

  private mutating func write(_ reject: Reject, to path: String) throws(NuriError) {
    var writer = JSONWriter()
    if file == nil {
      file = try OutputFile(path)
      ImportFormat.writeMark(.header, into: &writer)
      ImportFormat.writeHeader(into: &writer)
    }
    if section != reject.section {
      section = reject.section
      ImportFormat.writeMark(reject.section, into: &writer)
    }
    writer.beginObject()
    writer.key("$error")
    writer.string("line \(reject.line): \(reject.error)")
    do throws(NuriError) {
      try document.parse(reject.source.span.bytes)
      for (key, value) in document.root.members where key != "$error" {
        writer.key(key)
        writer.node(value)
      }
    } catch {
      writer.key("$text")
      writer.string(String(decoding: reject.source, as: UTF8.self))
    }
    writer.endObject()
    writer.newline()
    try file?.write(writer.bytes)
  }

  func finish() throws(NuriError) { try file?.finish() }
}
