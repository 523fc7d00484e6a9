/// One request of the Azure Digital Twins data plane, as it came over the wire.
public struct AzureRequest: Sendable {
  /// One header.
  public typealias Header = (name: String, value: String)

  /// The method, in capitals.
  public var method: String
  /// The path, from its first slash, still percent-encoded.
  public var path: String
  /// The query string without its question mark, still percent-encoded; empty for none.
  public var query: String
  /// The headers, in order.
  public var headers: [Header]
  /// The body.
  public var body: [UInt8]
  /// What links in the answer start with: `https://twins.example.com`. Empty makes them start with the path.
  public var origin: String

  /// Makes a request.
  public init(
    method: String, path: String, query: String = "", headers: [Header] = [], body: [UInt8] = [],
    origin: String = ""
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.headers = headers
    self.body = body
    self.origin = origin
  }

  /// The value of a header, whatever case its name is in; the values of several, joined by commas.
  func header(_ name: String) -> String? {
    var found: String?
    for header in headers where header.name.isSame(asciiCaseAside: name) {
      found = found.map { "\($0), \(header.value)" } ?? header.value
    }
    return found
  }
}

extension String {
  /// Whether two names are the same but for the case of their ASCII letters.
  func isSame(asciiCaseAside other: String) -> Bool {
    func lower(_ byte: UInt8) -> UInt8 { byte &- 65 < 26 ? byte | 32 : byte }
    return utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8) { lower($0) == lower($1) }
  }
}
