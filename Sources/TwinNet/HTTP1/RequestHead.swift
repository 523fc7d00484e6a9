import TwinValues

/// A request's head with its framing decided. Made from bytes by a pure function.
struct RequestHead: Equatable {
  enum Framing: Equatable {
    case none
    case fixed(Int)
    case chunked
  }

  let method: HTTPMethod
  let target: RequestTarget
  let version: HTTPRequest.Version
  let headers: HTTPHeaders
  let authority: String
  let framing: Framing
  /// Whether the peer wants to go on after this request.
  let keepsAlive: Bool
  /// Whether the peer waits for `100 Continue` before it sends the body.
  let expectsContinue: Bool
  /// Whether the peer asks to change the protocol.
  let wantsUpgrade: Bool

  /// Reads the head that `scanner` found to be the first `length` of `bytes`.
  init(_ scanner: HeadScanner, _ bytes: UnsafeRawBufferPointer, length: Int) throws(NetRefusal) {
    let headers = HTTPHeaders(text: Array(bytes[..<length]), fields: scanner.fields)
    let facts = try FieldFacts(headers, minorVersion: scanner.minorVersion)
    let head = UnsafeRawBufferPointer(rebasing: bytes[scanner.skipped..<length])
    method = RequestHead.method(bytes, scanner.method)
    if method != .get || headers.has("connection") || ParserOpinion.speaksOfBody(head) {
      guard try ParserOpinion(head).agrees(with: facts) else {
        throw .malformed("the request's framing can be read in two ways")
      }
    }
    if method.rawValue == "CONNECT" {
      throw NetRefusal(501, .malformedRequest, "this server is no proxy")
    }
    let raw = String(decoding: UnsafeRawBufferPointer(rebasing: bytes[scanner.target]), as: UTF8.self)
    (target, authority) = try RequestHead.resolve(raw, host: facts.host ?? "", method: method)
    version = scanner.minorVersion == 0 ? .http10 : .http11
    self.headers = headers
    framing = facts.framing
    keepsAlive = facts.keepsAlive
    expectsContinue = facts.expectsContinue && version == .http11
    wantsUpgrade = facts.wantsUpgrade && version == .http11
  }

  /// The usual methods without making text.
  private static func method(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> HTTPMethod {
    let name = UnsafeRawBufferPointer(rebasing: bytes[range])
    if name.count == 3, name[0] == 71, name[1] == 69, name[2] == 84 { return .get }
    return HTTPMethod(rawValue: String(decoding: name, as: UTF8.self))
  }

  /// The target in origin form and the authority. Absolute form is taken when it says the same as `host`.
  static func resolve(
    _ raw: String, host: String, method: HTTPMethod
  ) throws(NetRefusal) -> (RequestTarget, String) {
    if raw == "*" {
      if method != .options { throw .malformed("only OPTIONS may ask for *") }
      return (try RequestTarget(checking: raw), host)
    }
    if raw.utf8.first == 47 { return (try RequestTarget(checking: raw), host) }
    let bytes = Array(raw.utf8)
    let scheme = bytes.prefix { $0 != ASCII.colon }
    guard ASCII.equalIgnoringCase(scheme, "http".utf8) || ASCII.equalIgnoringCase(scheme, "https".utf8),
      bytes.dropFirst(scheme.count).starts(with: "://".utf8)
    else { throw .malformed("the target has neither origin form nor an http address") }
    let rest = bytes.dropFirst(scheme.count + 3)
    let authority = rest.prefix { $0 != 47 && $0 != 63 }
    guard ASCII.equalIgnoringCase(authority, host.utf8) else {
      throw .malformed("the target's authority is not the host field's")
    }
    let path = String(decoding: rest.dropFirst(authority.count), as: UTF8.self)
    return (try RequestTarget(checking: path.utf8.first == 47 ? path : "/" + path), host)
  }
}

/// What the fields that rule a message say, each checked for being said once and in one way.
struct FieldFacts: Equatable {
  var host: String?
  var framing = RequestHead.Framing.none
  var keepsAlive: Bool
  var expectsContinue = false
  var wantsUpgrade = false

  init(_ headers: HTTPHeaders, minorVersion: Int) throws(NetRefusal) {
    keepsAlive = minorVersion == 1
    var length: Int?
    var isChunked = false
    for field in headers.fields {
      // Told apart by length first: most fields are none of these.
      switch field.nameEnd - field.nameStart {
      case 4 where headers.isNamed(field, "host"):
        if host != nil { throw .malformed("there is more than one host field") }
        host = headers.value(field)
      case 6 where headers.isNamed(field, "expect"):
        guard ASCII.equalIgnoringCase(headers.value(field).utf8, "100-continue".utf8) else {
          throw NetRefusal(417, .malformedRequest, "only 100-continue can be expected")
        }
        expectsContinue = true
      case 10 where headers.isNamed(field, "connection"):
        connection(headers.value(field), minorVersion)
      case 14 where headers.isNamed(field, "content-length"):
        if length != nil { throw .malformed("there is more than one content-length field") }
        length = try FieldFacts.length(headers.value(field))
      case 17 where headers.isNamed(field, "transfer-encoding"):
        if isChunked { throw .malformed("there is more than one transfer-encoding field") }
        guard ASCII.equalIgnoringCase(headers.value(field).utf8, "chunked".utf8) else {
          throw NetRefusal(400, .malformedRequest, "the only transfer coding is chunked")
        }
        isChunked = true
      default: break
      }
    }
    if isChunked, length != nil { throw .malformed("there are content-length and transfer-encoding") }
    if isChunked, minorVersion == 0 { throw .malformed("HTTP/1.0 has no transfer-encoding") }
    if isChunked { framing = .chunked } else if let length, length > 0 { framing = .fixed(length) }
    if let host {
      guard FieldFacts.isAuthority(host) else { throw .malformed("the host is not a name and port") }
    } else if minorVersion == 1 {
      throw .malformed("there is no host field")
    }
  }

  private mutating func connection(_ value: String, _ minorVersion: Int) {
    for member in value.utf8.split(separator: 44) {
      let word = member.drop { $0 == 32 || $0 == 9 }.prefix { $0 != 32 && $0 != 9 }
      if ASCII.equalIgnoringCase(word, "close".utf8) { keepsAlive = false }
      if ASCII.equalIgnoringCase(word, "keep-alive".utf8), minorVersion == 0 { keepsAlive = true }
      if ASCII.equalIgnoringCase(word, "upgrade".utf8) { wantsUpgrade = true }
    }
  }

  /// Digits and nothing else.
  static func length(_ text: String) throws(NetRefusal) -> Int {
    guard (1...18).contains(text.utf8.count), text.utf8.allSatisfy(ASCII.isDigit), let length = Int(text)
    else {
      throw .malformed("the content-length is not a plain number")
    }
    return length
  }

  /// A host (name, IPv4, or IPv6 in brackets) and perhaps a port; no user, no path.
  static func isAuthority(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { isAuthority($0) }
  }

  private static func isAuthority(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    var rest = text[...]
    if rest.first == 91 {
      let inside = rest.dropFirst().prefix { $0 != 93 }
      guard !inside.isEmpty, inside.allSatisfy({ Hexadecimal.digit($0) != nil || $0 == 58 || $0 == 46 })
      else {
        return false
      }
      rest = rest.dropFirst(inside.count + 2)
      if text.count < inside.count + 2 { return false }
    } else {
      let name = rest.prefix { $0 != ASCII.colon }
      guard !name.isEmpty,
        name.allSatisfy(ASCII.isUnreserved)
      else { return false }
      rest = rest.dropFirst(name.count)
    }
    if rest.isEmpty { return true }
    let port = rest.dropFirst()
    return rest.first == ASCII.colon && port.count <= 5 && port.allSatisfy(ASCII.isDigit)
  }
}
