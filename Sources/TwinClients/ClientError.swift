public import TwinValues

extension NuriError.Code {
  /// The other side could not be found or reached, or hung up.
  public static let unreachable = Self("unreachable")
  /// The other side did not answer in time.
  public static let timedOut = Self("timedOut")
  /// The other side's certificate is not to be trusted, or a certificate or key of ours can't be used.
  public static let untrusted = Self("untrusted")
  /// The address is one that this program was told not to connect to.
  public static let addressRefused = Self("addressRefused")
  /// The answer is longer than asked for.
  public static let answerTooLarge = Self("answerTooLarge")
  /// A call that can't be made as it stands: its address, method, header or topic is malformed.
  public static let invalidCall = Self("invalidCall")
  /// The other side understood and said no.
  public static let refused = Self("refused")
  /// The caller gave up, or the client was closed.
  public static let cancelled = Self("cancelled")
}

/// What a client trusts and shows: files in PEM.
public struct ClientTrust: Hashable, Sendable {
  /// Certificate authorities to trust instead of the system's.
  public var authorityFile: String?
  /// A certificate to show, and the chain above it.
  public var certificateFile: String?
  /// That certificate's key.
  public var keyFile: String?

  /// Makes one; without a file the system's authorities count and no certificate is shown.
  public init(authorityFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil) {
    self.authorityFile = authorityFile
    self.certificateFile = certificateFile
    self.keyFile = keyFile
  }
}
