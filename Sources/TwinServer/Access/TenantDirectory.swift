import TwinEngine

/// Which tenants a principal is known in. A value; any thread.
struct TenantDirectory: Sendable {
  private let names: [String]
  private let auth: AuthSettings

  init(_ configuration: ServerConfiguration) {
    names = ([TenantName.standard] + configuration.tenants.keys).sorted()
    auth = configuration.auth
  }

  /// A key belongs to the tenant it was made in; tokens and certificates are good wherever the configuration says.
  func tenants(of principal: Principal, in tenant: String) -> [String] {
    let allowed: [[String]]
    if principal.id.hasPrefix("user:") {
      allowed = auth.issuers.filter { auth.issuers.count == 1 || principal.id.hasSuffix("|\($0.issuer)") }
        .map(\.tenants)
    } else if principal.id.hasPrefix("cert:") {
      let subject = principal.id.dropFirst(5)
      allowed = auth.certificates.filter { entry in
        ["*", String(subject), "CN=\(subject)"].contains(entry.subject)
          || entry.subject.contains(":") && Set(entry.groups) == principal.groups
      }.map(\.tenants)
    } else {
      return [tenant]
    }
    return names.filter { name in
      name == tenant || allowed.contains { $0.isEmpty || $0.contains(name) }
    }
  }
}
