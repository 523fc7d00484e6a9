import TwinValues

extension ModelReader {
  /// The text of an interface: as given, but interfaces defined inside it stand as their DTMIs, and a context
  /// from further out is put in.
  func text(of id: String) -> [UInt8] {
    guard let source = sources[id] else { return [] }
    let whole = Array(source.node.sourceText.utf8)
    let start = source.node.byteOffset
    var text: [UInt8] = []
    var at = 0
    if let context = source.context {
      text += "{\"@context\":".utf8
      text += context.sourceText.utf8
      text.append(UInt8(ascii: ","))
      at = 1
    }
    for (node, nested) in source.nested.sorted(by: { $0.node.byteOffset < $1.node.byteOffset }) {
      let from = node.byteOffset - start
      guard from >= at, from <= whole.count else { continue }
      text += whole[at..<from]
      text += "\"\(nested)\"".utf8
      at = min(whole.count, from + node.sourceLength)
    }
    return text + whole[at...]
  }
}

extension JSONNode {
  /// The length of the value's text, in bytes.
  var sourceLength: Int { sourceText.utf8.count }
}
