import TwinIdentity
import TwinNet

/// One file of the page, with everything an answer needs made beforehand. A value.
struct PageFile: Sendable {
  let type: String
  let tag: String
  let bytes: [UInt8]
  private var gzip: [UInt8]?
  private var zstd: [UInt8]?

  /// A file's answer; `nil` for a kind of file that a page has no use for.
  /// - Parameter isPacked: compresses it now, thoroughly, instead of for each answer.
  init?(name: String, bytes: [UInt8], isPacked: Bool) {
    guard let type = PageFile.type(of: name) else { return nil }
    self.type = type
    self.bytes = bytes
    tag = "W/\"\(SHA256.hash(bytes).description.prefix(24))\""
    guard isPacked, PageFile.isText(type) else { return }
    gzip = Compressor.compress(bytes, .gzip, thoroughly: true)
    zstd = Compressor.compress(bytes, .zstd, thoroughly: true)
  }

  /// The body for a client that accepts these codings, and what it is coded with.
  func body(_ accepted: [String]) -> ([UInt8], ContentCoding?) {
    switch ContentCoding.preferred(accepted) {
    case .zstd: if let zstd { return (zstd, .zstd) }
    case .gzip: if let gzip { return (gzip, .gzip) }
    case nil: break
    }
    return (bytes, nil)
  }

  /// Whether the body differs by what a client accepts.
  var isCoded: Bool { gzip != nil || zstd != nil }

  private static func isText(_ type: String) -> Bool {
    !type.hasPrefix("image/png") && !type.hasPrefix("font/")
  }

  /// The media type that a name ends in.
  private static func type(of name: String) -> String? {
    guard let dot = name.lastIndex(of: ".") else { return nil }
    switch name[name.index(after: dot)...] {
    case "html": return "text/html; charset=utf-8"
    case "js": return "text/javascript; charset=utf-8"
    case "css": return "text/css; charset=utf-8"
    case "json": return "application/json"
    case "md": return "text/markdown; charset=utf-8"
    case "svg": return "image/svg+xml"
    case "png": return "image/png"
    case "woff2": return "font/woff2"
    default: return nil
    }
  }
}
