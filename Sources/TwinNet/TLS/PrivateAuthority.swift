import CNet
import COpenSSL
import Glibc
public import TwinValues

/// A private certificate authority in a folder, for servers that nobody gave certificates to.
///
/// Keys are EC P-256 and every file has mode 0600. The functions depend on nothing but their arguments, the
/// folder and the system's randomness; they may be called from any thread, but not for one folder at once.
public enum PrivateAuthority {
  /// What a certificate is for.
  public enum Purpose: Sendable, Equatable {
    /// A server reachable under these DNS names and numeric addresses.
    case server(names: [String])
    /// A client known by this common name.
    case client(name: String)
  }

  /// The files `prepare` made or found.
  public struct Files: Sendable, Equatable {
    /// The authority's certificate, to be given to clients.
    public let authorityPath: String
    /// The server's certificate and key.
    public let server: TLSConfiguration.Certificate
  }

  /// How long the authority's certificate is good.
  public static let authorityDays = 3650
  /// How long an issued certificate is good.
  public static let issuedDays = 397
  /// `prepare` makes the server's certificate anew when fewer days are left.
  public static let renewalDays = 30

  /// Makes an authority and a server certificate in `directory`, where they are missing. The server's is made anew
  /// when it is about to end or does not cover `names`; the authority stays.
  public static func prepare(
    directory: String, names: [String], nowSeconds: Int
  ) throws(NuriError) -> Files {
    try CertificateFile.makeFolder(directory)
    let paths = (authority: directory + "/ca.pem", key: directory + "/ca.key")
    if access(paths.authority, F_OK) != 0 || access(paths.key, F_OK) != 0 {
      try makeAuthority(certificatePath: paths.authority, keyPath: paths.key, nowSeconds: nowSeconds)
    }
    let server = TLSConfiguration.Certificate(
      chainPath: directory + "/server.pem", keyPath: directory + "/server.key")
    if access(server.keyPath, F_OK) != 0 || !covers(server.chainPath, names, nowSeconds) {
      try issue(
        .server(names: names), directory: directory, chainPath: server.chainPath, keyPath: server.keyPath,
        nowSeconds: nowSeconds)
    }
    return Files(authorityPath: paths.authority, server: server)
  }

  /// Issues a certificate from the authority in `directory` into two files.
  public static func issue(
    _ purpose: Purpose, directory: String, chainPath: String, keyPath: String, nowSeconds: Int
  ) throws(NuriError) {
    let authority = try CertificateFile.readCertificate(directory + "/ca.pem")
    defer { X509_free(authority) }
    let authorityKey = try CertificateFile.readKey(directory + "/ca.key")
    defer { EVP_PKEY_free(authorityKey) }
    guard let key = nuri_tls_make_key() else { throw failure("A key can't be made.") }
    defer { EVP_PKEY_free(key) }
    let commonName: String
    var extensions: [(Int32, String)] = [
      (NID_basic_constraints, "critical,CA:FALSE"), (NID_key_usage, "critical,digitalSignature"),
      (NID_subject_key_identifier, "hash"), (NID_authority_key_identifier, "keyid"),
    ]
    switch purpose {
    case .server(let names):
      commonName = names.first ?? "localhost"
      extensions.append((NID_ext_key_usage, "serverAuth"))
      extensions.append((NID_subject_alt_name, try alternativeNames(names.isEmpty ? ["localhost"] : names)))
    case .client(let name):
      commonName = name
      extensions.append((NID_ext_key_usage, "clientAuth"))
    }
    let certificate = try makeCertificate(
      commonName: commonName, key: key, issuer: authority, issuerKey: authorityKey, extensions: extensions,
      seconds: nowSeconds, days: issuedDays)
    defer { X509_free(certificate) }
    // The key first: a certificate without its key would be taken for finished.
    try CertificateFile.write(key: key, to: keyPath)
    try CertificateFile.write(certificates: [certificate, authority], to: chainPath)
  }

  private static func makeAuthority(
    certificatePath: String, keyPath: String, nowSeconds: Int
  ) throws(NuriError) {
    guard let key = nuri_tls_make_key() else { throw failure("A key can't be made.") }
    defer { EVP_PKEY_free(key) }
    let certificate = try makeCertificate(
      commonName: "Nuri private authority", key: key, issuer: nil, issuerKey: key,
      extensions: [
        (NID_basic_constraints, "critical,CA:TRUE,pathlen:0"),
        (NID_key_usage, "critical,keyCertSign,cRLSign"), (NID_subject_key_identifier, "hash"),
      ], seconds: nowSeconds, days: authorityDays)
    defer { X509_free(certificate) }
    try CertificateFile.write(key: key, to: keyPath)
    try CertificateFile.write(certificates: [certificate], to: certificatePath)
  }

  private static func makeCertificate(
    commonName: String, key: OpaquePointer, issuer: OpaquePointer?, issuerKey: OpaquePointer,
    extensions: [(Int32, String)], seconds: Int, days: Int
  ) throws(NuriError) -> OpaquePointer {
    guard let certificate = X509_new() else { throw failure("A certificate can't be made.") }
    var isDone = false
    defer { if !isDone { X509_free(certificate) } }
    var serial = [UInt8](repeating: 0, count: 16)
    let name = Array(commonName.utf8)
    guard name.count <= 64, !name.isEmpty else {
      throw NuriError(
        .invalidCertificate, "A certificate's common name must have 1 to 64 bytes.", at: commonName,
        advice: "Use a shorter name.")
    }
    guard RAND_bytes(&serial, 16) == 1, let number = BN_bin2bn([serial[0] & 0x7f] + serial[1...], 16, nil)
    else {
      throw failure("There is no randomness.")
    }
    defer { BN_free(number) }
    // An hour back, for clocks that are a little behind.
    guard BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nil,
      X509_set_version(certificate, 2) == 1,
      ASN1_TIME_set(X509_getm_notBefore(certificate), seconds - 3600) != nil,
      ASN1_TIME_set(X509_getm_notAfter(certificate), seconds + days * 86400) != nil,
      X509_set_pubkey(certificate, key) == 1, let subject = X509_get_subject_name(certificate),
      X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8, name, Int32(name.count), -1, 0) == 1,
      X509_set_issuer_name(certificate, issuer.map { X509_get_subject_name($0) } ?? subject) == 1
    else { throw failure("A certificate can't be filled in.") }
    for (kind, value) in extensions
    where nuri_tls_add_extension(certificate, issuer ?? certificate, kind, value) != 1 {
      throw failure("A certificate's extension was refused: \(value).")
    }
    if X509_sign(certificate, issuerKey, EVP_sha256()) == 0 {
      throw failure("A certificate can't be signed.")
    }
    isDone = true
    return certificate
  }

  /// `DNS:…,IP:…`, of checked names: the text is OpenSSL's configuration syntax, where a comma starts another.
  private static func alternativeNames(_ names: [String]) throws(NuriError) -> String {
    var parts: [String] = []
    for name in names {
      let isLegal =
        !name.isEmpty && name.utf8.count <= 253
        && name.utf8.allSatisfy { ASCII.isDigit($0) || ASCII.isLetter($0) || [45, 46, 58, 42].contains($0) }
      if !isLegal {
        throw NuriError(
          .invalidCertificate, "A server's name must be a DNS name or a numeric address.", at: name,
          advice: "Use letters, digits, '-' and '.'.")
      }
      parts.append((isNumericAddress(name) ? "IP:" : "DNS:") + name)
    }
    return parts.joined(separator: ",")
  }

  private static func isNumericAddress(_ name: String) -> Bool {
    nuri_net_is_numeric(name) == 1
  }

  private static func covers(_ path: String, _ names: [String], _ nowSeconds: Int) -> Bool {
    guard let certificate = try? CertificateFile.readCertificate(path) else { return false }
    defer { X509_free(certificate) }
    var limit = nowSeconds + renewalDays * 86400
    if X509_cmp_time(X509_get0_notAfter(certificate), &limit) <= 0 { return false }
    return names.allSatisfy { name in
      isNumericAddress(name)
        ? X509_check_ip_asc(certificate, name, 0) == 1 : X509_check_host(certificate, name, 0, 0, nil) == 1
    }
  }

  static func failure(_ message: String) -> NuriError {
    ERR_clear_error()
    return NuriError(.invalidCertificate, message)
  }
}
