import CNet
import COpenSSL
import Glibc
import TwinValues

/// Certificates and keys as PEM files of mode 0600, written beside and renamed, so that a reader sees all or nothing.
enum CertificateFile {
  /// Makes a folder for its owner alone, unless it is there.
  static func makeFolder(_ path: String) throws(NuriError) {
    if mkdir(path, 0o700) == 0 || nuri_net_errno() == EEXIST { return }
    throw NuriError(
      .invalidCertificate, "The folder for certificates can't be made.", at: path,
      advice: "Check that its parent exists and may be written to.")
  }

  /// The first certificate of a file; the caller frees it.
  static func readCertificate(_ path: String) throws(NuriError) -> OpaquePointer {
    guard let file = BIO_new_file(path, "r") else { throw unreadable(path) }
    defer { BIO_free(file) }
    guard let certificate = PEM_read_bio_X509(file, nil, nil, nil) else { throw unreadable(path) }
    return certificate
  }

  /// The key of a file; the caller frees it.
  static func readKey(_ path: String) throws(NuriError) -> OpaquePointer {
    guard let file = BIO_new_file(path, "r") else { throw unreadable(path) }
    defer { BIO_free(file) }
    guard let key = PEM_read_bio_PrivateKey(file, nil, nil, nil) else { throw unreadable(path) }
    return key
  }

  static func write(key: OpaquePointer, to path: String) throws(NuriError) {
    try write(path) { PEM_write_bio_PrivateKey($0, key, nil, nil, 0, nil, nil) == 1 }
  }

  static func write(certificates: [OpaquePointer], to path: String) throws(NuriError) {
    try write(path) { file in certificates.allSatisfy { PEM_write_bio_X509(file, $0) == 1 } }
  }

  private static func write(_ path: String, _ fill: (OpaquePointer) -> Bool) throws(NuriError) {
    guard let memory = BIO_new(BIO_s_mem()) else { throw PrivateAuthority.failure("Memory is out.") }
    defer { BIO_free(memory) }
    guard fill(memory) else { throw PrivateAuthority.failure("A certificate can't be written as text.") }
    var bytes = [UInt8](repeating: 0, count: Int(BIO_ctrl_pending(memory)))
    guard BIO_read(memory, &bytes, Int32(clamping: bytes.count)) == Int32(clamping: bytes.count) else {
      throw PrivateAuthority.failure("A certificate can't be written as text.")
    }
    let draft = path + ".tmp"
    unlink(draft)
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    var isWritten = descriptor >= 0
    if descriptor >= 0 {
      isWritten = Glibc.write(descriptor, bytes, bytes.count) == bytes.count && fsync(descriptor) == 0
      close(descriptor)
    }
    if !isWritten || rename(draft, path) != 0 {
      throw NuriError(
        .invalidCertificate, "A certificate file can't be written.", at: path,
        advice: "Check the folder's permissions and the space left.")
    }
  }

  private static func unreadable(_ path: String) -> NuriError {
    ERR_clear_error()
    return NuriError(
      .invalidCertificate, "The file has no readable PEM certificate or key.", at: path,
      advice: "Restore it, or remove the authority's files so that new ones are made.")
  }
}
