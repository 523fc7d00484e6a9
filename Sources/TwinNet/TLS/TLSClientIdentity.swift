import CNet
import COpenSSL
import TwinValues

/// Who a client proved to be with a certificate that our authority for clients signed.
public struct TLSClientIdentity: Hashable, Sendable {
  /// The certificate's subject as RFC 2253 text, e.g. `CN=pump-7,O=Acme`.
  public let subject: String
  /// Its alternative names: `DNS:…`, `email:…` and `URI:…`.
  public let alternativeNames: [String]
  /// SHA-256 of the certificate, as 64 lower-case hexadecimal digits.
  public let fingerprint: String

  /// Makes an identity, for tests and for callers that verified it elsewhere.
  public init(subject: String, alternativeNames: [String], fingerprint: String) {
    self.subject = subject
    self.alternativeNames = alternativeNames
    self.fingerprint = fingerprint
  }

  static let longestNameBytes = 4096

  init?(of ssl: OpaquePointer) {
    guard let certificate = nuri_tls_peer(ssl) else { return nil }
    defer { X509_free(certificate) }
    guard let name = X509_get_subject_name(certificate) else { return nil }
    var text = [CChar](repeating: 0, count: TLSClientIdentity.longestNameBytes)
    let length = nuri_tls_name(name, &text, text.count)
    if length < 0 { return nil }
    subject = TLSClientIdentity.string(text, length)

    var names: [String] = []
    for index in 0..<100 {
      var type: Int32 = 0
      let length = nuri_tls_alternative(certificate, Int32(index), &type, &text, text.count)
      if length < 0 { break }
      switch type {
      case GEN_DNS: names.append("DNS:" + TLSClientIdentity.string(text, length))
      case GEN_EMAIL: names.append("email:" + TLSClientIdentity.string(text, length))
      case GEN_URI: names.append("URI:" + TLSClientIdentity.string(text, length))
      default: continue
      }
    }
    alternativeNames = names

    var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: UInt32 = 0
    guard X509_digest(certificate, EVP_sha256(), &digest, &count) == 1 else { return nil }
    fingerprint = Hexadecimal.encode(digest.prefix(Int(count)))
  }

  private static func string(_ text: [CChar], _ length: Int32) -> String {
    String(decoding: text.prefix(Int(length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
