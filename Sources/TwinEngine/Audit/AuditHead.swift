public import TwinIdentity
public import TwinValues

/// A signed statement: at this time, entry `number` of the log had this hash. As every hash covers all entries before
/// it, a head kept elsewhere shows whether anything up to there was changed or cut.
public struct AuditHead: Sendable, Equatable {
  /// What a signature says, so that one can't be passed off as another.
  enum Purpose: String {
    /// The log reaches to here.
    case head
    /// Everything up to here was dropped on purpose.
    case drop
  }

  /// The entry.
  public let number: UInt64
  /// Its hash.
  public let hash: Digest
  /// When it was signed.
  public let time: Instant
  /// Ed25519, 64 bytes.
  public let signature: [UInt8]

  /// Signs a statement.
  init(
    _ purpose: Purpose, number: UInt64, hash: Digest, time: Instant, key: Ed25519.PrivateKey
  ) throws(NuriError) {
    self.number = number
    self.hash = hash
    self.time = time
    signature = try key.sign(Self.message(purpose, number, hash, time))
  }

  private init(number: UInt64, hash: Digest, time: Instant, signature: [UInt8]) {
    self.number = number
    self.hash = hash
    self.time = time
    self.signature = signature
  }

  private static func message(_ purpose: Purpose, _ number: UInt64, _ hash: Digest, _ time: Instant)
    -> [UInt8]
  {
    Array("nuri audit \(purpose.rawValue) 1\n\(number)\n\(hash)\n\(time.microseconds)\n".utf8)
  }

  /// Whether the key's owner signed it.
  public func isSigned(by key: Ed25519.PublicKey) -> Bool { isSigned(.head, by: key) }

  func isSigned(_ purpose: Purpose, by key: Ed25519.PublicKey) -> Bool {
    key.isValid(signature, for: Self.message(purpose, number, hash, time))
  }

  /// As one line of JSON: what `nuri audit head` prints and `audit/head` holds.
  public var text: String {
    var writer = JSONWriter()
    write(to: &writer)
    return writer.text
  }

  /// Reads what `text` wrote.
  /// - Throws: `invalidAuditHead`.
  public init(_ text: String) throws(NuriError) {
    guard let root = (try? JSONDocument(text, limits: JSONLimits(maximumDepth: 4, maximumBytes: 4096)))?.root,
      let head = AuditHead(root), head.text == text.drop(while: \.isWhitespace).trimmingEnd
    else {
      throw NuriError(
        .invalidAuditHead, "This is not the head of an audit log.",
        advice: "Give the line that nuri audit head printed, or a file that holds it.")
    }
    self = head
  }

  /// Reads what `write` wrote; `nil` for anything else.
  init?(_ node: JSONNode) {
    guard node.count == 4, let number = node["number"]?.uint64,
      let hash = node["hash"]?.string.flatMap({ Digest(hex: $0) }),
      let time = node["time"]?.string.flatMap({ try? Instant($0) }),
      let signature = node["signature"]?.string.flatMap({ Base64URL.decode($0) }), signature.count == 64
    else { return nil }
    self.init(number: number, hash: hash, time: time, signature: signature)
  }

  func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("number")
    writer.unsigned(number)
    writer.key("hash")
    writer.string(hash.hex)
    writer.key("time")
    writer.string(time.description)
    writer.key("signature")
    writer.string(Base64URL.encode(signature))
    writer.endObject()
  }
}

extension Substring {
  /// Without white space at its end.
  fileprivate var trimmingEnd: Substring {
    var text = self
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }
}

extension NuriError.Code {
  /// Text that is not the signed head of an audit log.
  public static let invalidAuditHead = Self("invalidAuditHead")
  /// An audit entry is not what it was when it was written.
  public static let auditChanged = Self("auditChanged")
  /// Audit entries are missing, repeated or in another order.
  public static let auditMissing = Self("auditMissing")
  /// The end of the audit log was cut off.
  public static let auditTruncated = Self("auditTruncated")
  /// A signature of the audit log is not by its key.
  public static let auditForged = Self("auditForged")
}
