import TwinValues

/// The fixed lines of an import file.
enum ImportFormat {
  /// `{"Section":"Twins"}`
  static func writeMark(_ section: ImportSection, into writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("Section")
    writer.string(section.rawValue)
    writer.endObject()
    writer.newline()
  }

  /// The header's own line.
  static func writeHeader(into writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("fileVersion")
    writer.string(ImportReader.version)
    writer.key("author")
    writer.string("nuri")
    writer.endObject()
    writer.newline()
  }
}
