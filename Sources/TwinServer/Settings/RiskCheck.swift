/// Settings that are legal and may still be a mistake.
enum RiskCheck {
  /// A sentence for each.
  static func warnings(_ configuration: ServerConfiguration) -> [String] {
    var warnings: [String] = []
    let isOpen = configuration.listen.contains { !$0.isLocal }
    if isOpen, !configuration.tls.isOn {
      warnings.append(
        "tls.on: the server listens beyond this machine without encryption; keys can be overheard.")
    }
    if isOpen, configuration.opensMetrics {
      warnings.append("metrics.open: anybody who reaches the server reads its metrics.")
    }
    if configuration.limits.requestsPerSecond == 0 {
      warnings.append("limits.requestsPerSecond: one principal may take the whole server.")
    }
    if configuration.auth.clockSkewSeconds > 300 {
      warnings.append("auth.clockSkewSeconds: expired tokens are good for more than five minutes longer.")
    }
    for issuer in configuration.auth.issuers where issuer.keysURL.hasPrefix("http://") {
      warnings.append(
        "auth.issuers: the keys of \(issuer.issuer) come unencrypted; whoever stands between signs tokens.")
    }
    for origin in configuration.cors.origins
    where origin.hasPrefix("http://") && !origin.contains("localhost") {
      warnings.append("cors.origins: pages of \(origin) come unencrypted and may be anybody's.")
    }
    if configuration.auth.certificates.contains(where: { $0.subject == "*" && $0.roles.contains("admin") }) {
      warnings.append("auth.certificates: every client with a signed certificate is an admin.")
    }
    if configuration.tls.requiresClientCertificate, configuration.tls.clientAuthorities.isEmpty {
      warnings.append("tls.clientRequired: without tls.clientAuthorities nobody is asked for a certificate.")
    }
    if configuration.log.level == .error, configuration.log.requestsPerSecond == 0 {
      warnings.append("log.level: refused requests leave no trace in the log.")
    }
    if configuration.drainMilliseconds == 0 {
      warnings.append("drainMilliseconds: requests under way are cut when the server ends.")
    }
    return warnings
  }
}
