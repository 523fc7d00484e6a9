public import TwinClients
import TwinIdentity
import TwinValues

/// The signature of a webhook's request: that it comes from who knows the secret, and when it was made.
///
/// The header field is `Nuri-Signature: t=<seconds since 1970>,v1=<hex>`. Signed are, one after another: the seconds and
/// a dot; in the binary format the `ce-` header fields, ordered by their names in small letters, each as `name:value`
/// and a line feed; the body. The code is HMAC-SHA-256 under the secret (RFC 2104).
public enum EventSignature {
  /// The header field's name.
  public static let header = "Nuri-Signature"
  /// How old a request may be, in seconds, before a receiver should take it for a replayed one.
  public static let windowSeconds: Int64 = 300

  /// The field's value for a request.
  public static func text(
    _ headers: [HTTPField], _ body: [UInt8], _ secret: [UInt8], at seconds: Int64
  ) -> String {
    let code = Hexadecimal.encode(HMAC.sha256(key: secret, signed(headers, body, seconds)).bytes)
    return "t=\(seconds),v1=\(code)"
  }

  /// Whether a request was signed with the secret, not longer ago than the window and not from the future.
  public static func holds(
    _ text: String, _ headers: [HTTPField], _ body: [UInt8], _ secret: [UInt8], now seconds: Int64
  ) -> Bool {
    let parts = text.split(separator: ",")
    guard let time = parts.first(where: { $0.hasPrefix("t=") }).flatMap({ Int64($0.dropFirst(2)) }),
      let code = parts.first(where: { $0.hasPrefix("v1=") })?.dropFirst(3),
      time.magnitude < 1 << 40, abs(seconds - time) <= windowSeconds
    else { return false }
    let expected = Hexadecimal.encode(HMAC.sha256(key: secret, signed(headers, body, time)).bytes)
    return isEqualInConstantTime(Array(expected.utf8), Array(code.utf8))
  }

  private static func signed(_ headers: [HTTPField], _ body: [UInt8], _ seconds: Int64) -> [UInt8] {
    let fields = headers.map { HTTPField($0.name.lowercased(), $0.value) }
      .filter { $0.name.hasPrefix("ce-") }.sorted { $0.name < $1.name }
    let head = "\(seconds)." + fields.map { "\($0.name):\($0.value)\n" }.joined()
    return Array(head.utf8) + body
  }
}
