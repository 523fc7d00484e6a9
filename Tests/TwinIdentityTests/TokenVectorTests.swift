import Testing

@testable import TwinIdentity

/// The examples of RFC 7515 and RFC 8037, on the level of signatures: their claims name no audience.
@Suite("Published token signatures")
struct TokenVectorTests {
  static let payload =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"

  private func check(_ algorithm: TokenAlgorithm, jwk: String, signed: String, signature: String) throws {
    let key = try #require(try JWKSet(#"{"keys":[\#(jwk)]}"#).keys.first)
    let message = Array(signed.utf8)
    let bytes = try #require(Base64URL.decode(signature))
    #expect(algorithm.isValid(bytes, of: message, by: key))
    #expect(!algorithm.isValid(bytes, of: message + [65], by: key))
    for other in TokenAlgorithm.allCases where other != algorithm {
      #expect(!other.isValid(bytes, of: message, by: key), "\(other)")
    }
    var changed = bytes
    changed[changed.count / 2] ^= 1
    #expect(!algorithm.isValid(changed, of: message, by: key))
  }

  @Test("RFC 7515, A.2: RS256")
  func rs256() throws {
    let modulus =
      "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2l"
      + "ZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTB"
      + "EMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91k"
      + "zk2PAcDTW9gb54h4FRWyuXpoQ"
    let signature =
      "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9C"
      + "UAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOL"
      + "n6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmt"
      + "VrBp0igcN_IoypGlUPQGe77Rw"
    try check(
      .rs256, jwk: #"{"kty":"RSA","n":"\#(modulus)","e":"AQAB"}"#,
      signed: "eyJhbGciOiJSUzI1NiJ9." + Self.payload, signature: signature)
  }

  @Test("RFC 7515, A.3: ES256")
  func es256() throws {
    try check(
      .es256,
      jwk: #"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","#
        + #""y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#,
      signed: "eyJhbGciOiJFUzI1NiJ9." + Self.payload,
      signature: "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q")
  }

  @Test("RFC 8037, A.4: EdDSA")
  func edDSA() throws {
    try check(
      .edDSA,
      jwk: #"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
      signed: "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
      signature: "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg")
  }

  @Test("A point off the curve, an even modulus and an exponent of 1 are no keys")
  func weakKeys() throws {
    let n = Base64URL.encode([UInt8](repeating: 0xff, count: 256))
    let even = Base64URL.encode([UInt8](repeating: 0xfe, count: 256))
    let point = Base64URL.encode([UInt8](repeating: 7, count: 32))
    let zero = Base64URL.encode([UInt8](repeating: 0, count: 32))
    let keys = [
      #"{"kty":"EC","crv":"P-256","x":"\#(point)","y":"\#(point)"}"#,
      #"{"kty":"EC","crv":"P-256","x":"\#(zero)","y":"\#(zero)"}"#,
      #"{"kty":"EC","crv":"P-384","x":"\#(point)","y":"\#(point)"}"#,
      #"{"kty":"RSA","n":"\#(even)","e":"AQAB"}"#, #"{"kty":"RSA","n":"\#(n)","e":"AQ"}"#,
      #"{"kty":"RSA","n":"\#(n)","e":"AAAA"}"#, #"{"kty":"RSA","n":"\#(n)","e":"AQABAQABAQ"}"#,
      #"{"kty":"RSA","n":"\#(n)"}"#, #"{"kty":"OKP","crv":"Ed25519","x":"AA"}"#,
      #"{"kty":"OKP","crv":"X25519","x":"\#(point)"}"#,
      #"{"kty":"RSA","n":"\#(n)","e":"AQAB","alg":"ES256"}"#,
      #"{"kty":"RSA","n":"\#(n)","e":"AQAB","alg":"RSA-OAEP"}"#,
      #"{"kty":"RSA","n":"\#(n)","e":"AQAB","key_ops":["encrypt"]}"#,
      #"{"kty":"RSA","n":"\#(n)","e":"AQAB","kid":1}"#,
    ]
    for key in keys { #expect(try JWKSet(#"{"keys":[\#(key)]}"#).ignored.count == 1, "\(key)") }
    #expect(try JWKSet(#"{"keys":[{"kty":"RSA","n":"\#(n)","e":"AQAB"}]}"#).keys.count == 1)
  }
}
