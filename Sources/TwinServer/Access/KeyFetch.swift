import TwinValues

/// Fetches issuers' documents.
enum KeyFetch {
  @Sendable
  static func fetch(_ url: String) async throws(NuriError) -> [UInt8] {
    throw NuriError(.invalidSetting, "Keys can't be fetched yet.", at: url, advice: "Set keysFile.")
  }
}
