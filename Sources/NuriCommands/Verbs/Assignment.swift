import TwinEngine
import TwinGraph
import TwinValues

/// `property=value` on the command line. What the value is depends on the property: text is taken as it stands,
/// everything else is read as JSON.
struct Assignment {
  let name: String
  let value: String

  init(_ text: String) throws {
    guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
      throw CommandError.usage(
        Text("\"\(text)\" is not PROPERTY=VALUE.", ko: "\"\(text)\"는 속성=값 꼴이 아닙니다."))
    }
    name = String(text[..<equals])
    value = String(text[text.index(after: equals)...])
  }

  /// The value as JSON for a property stored as `kind`.
  private func json(_ kind: ColumnKind?) -> [UInt8] {
    let isText = kind == .text || kind == .choice
    if !isText, (try? JSONDocument(value)) != nil { return Array(value.utf8) }
    var writer = JSONWriter()
    writer.string(value)
    return writer.bytes
  }

  /// The value as JSON for a property whose schema nobody knows here.
  var looseJSON: [UInt8] { json(nil) }

  /// A patch that sets the property, or a field inside it, or takes it away.
  func step(_ layout: TableLayout) throws -> PatchStep {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    let path = parts[0].split(separator: ".", omittingEmptySubsequences: false) + parts.dropFirst()
    let pointer = path.map { "/" + Self.escaped(String($0)) }.joined()
    if value.isEmpty { return PatchStep(.remove, pointer) }
    let kind = parts.count == 1 ? layout.column(name).map { layout.fields[$0].kind } : nil
    return PatchStep(.add, pointer, json(kind))
  }

  /// An edit that sets a whole property.
  func edit(_ layout: TableLayout) throws -> PropertyEdit {
    let kind = layout.column(name).map { layout.fields[$0].kind }
    return try layout.edit(name, try JSONDocument(json(kind)).root)
  }

  /// RFC 6901: `~` becomes `~0`, `/` becomes `~1`.
  private static func escaped(_ name: String) -> String {
    var escaped = ""
    for character in name {
      switch character {
      case "~": escaped += "~0"
      case "/": escaped += "~1"
      default: escaped.append(character)
      }
    }
    return escaped
  }
}
