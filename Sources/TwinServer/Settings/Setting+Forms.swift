import TwinEngine
import TwinLog
import TwinNet
import TwinValues

/// Reading settings that have a form of their own.
extension Setting {
  /// The objects of a list.
  static func items(_ node: JSONNode, _ name: String) throws(NuriError) -> [JSONNode] {
    guard node.kind == .array else { throw wrong(name, "a list of objects", node) }
    for element in node.elements where element.kind != .object {
      throw wrong(name, "a list of objects", element)
    }
    return Array(node.elements)
  }

  /// An object of texts, its names checked.
  static func texts(
    of node: JSONNode, _ name: String, isLegal: (String) -> Bool = { _ in true }
  ) throws(NuriError) -> [String: String] {
    guard node.kind == .object else { throw wrong(name, "an object of texts", node) }
    var texts: [String: String] = [:]
    for (key, value) in node.memberNodes {
      let key = key.string ?? ""
      guard isLegal(key) else {
        throw NuriError(
          .invalidSetting, "\(name): \"\(key)\" is not a name.", at: value.place,
          advice: "Use 1 to 64 small letters, digits, - and _.")
      }
      guard let text = value.string else { throw wrong("\(name).\(key)", "a text", value) }
      texts[key] = text
    }
    return texts
  }

  static func certificates(_ node: JSONNode) throws(NuriError) -> [TLSConfiguration.Certificate] {
    var pairs: [TLSConfiguration.Certificate] = []
    for item in try items(node, "tls.certificates") {
      var form = Form(item, "tls.certificates")
      let chain = try form.text("chain")
      let key = try form.text("key")
      try form.end()
      pairs.append(TLSConfiguration.Certificate(chainPath: chain, keyPath: key))
    }
    return pairs
  }
}

/// Reads an object's members one by one and then asks whether there were others.
struct Form {
  private let node: JSONNode
  private let name: String
  private var known: Set<String> = []

  init(_ node: JSONNode, _ name: String) {
    self.node = node
    self.name = name
  }

  /// A text that must be there.
  mutating func text(_ key: String) throws(NuriError) -> String {
    let text = try text(key, default: "")
    if text.isEmpty { throw Setting.wrong("\(name).\(key)", "given", node) }
    return text
  }

  mutating func text(_ key: String, default standard: String) throws(NuriError) -> String {
    guard let member = member(key) else { return standard }
    guard let text = member.string else { throw Setting.wrong("\(name).\(key)", "a text", member) }
    return text
  }

  mutating func texts(_ key: String) throws(NuriError) -> [String] {
    guard let member = member(key) else { return [] }
    return try Setting.list(member, "\(name).\(key)")
  }

  mutating func textsByName(_ key: String) throws(NuriError) -> [String: String] {
    guard let member = member(key) else { return [:] }
    return try Setting.texts(of: member, "\(name).\(key)")
  }

  /// - Throws: for a member nobody asked for.
  func end() throws(NuriError) {
    for (key, value) in node.members where !known.contains(key) {
      throw NuriError(
        .invalidSetting, "\(name) has no member \"\(key)\".", at: value.place,
        advice: "There are \(known.sorted().joined(separator: ", ")).")
    }
  }

  private mutating func member(_ key: String) -> JSONNode? {
    known.insert(key)
    return node[key]
  }
}

extension AuthSettings.Issuer {
  init(_ node: JSONNode) throws(NuriError) {
    var form = Form(node, "auth.issuers")
    issuer = try form.text("issuer")
    audience = try form.text("audience")
    keysURL = try form.text("keysURL", default: "")
    keysFile = try form.text("keysFile", default: "")
    rolesClaim = try form.text("rolesClaim", default: rolesClaim)
    groupsClaim = try form.text("groupsClaim", default: groupsClaim)
    nameClaim = try form.text("nameClaim", default: nameClaim)
    roles = try form.textsByName("roles")
    tenants = try form.texts("tenants")
    clientId = try form.text("clientId", default: "")
    clientSecretFile = try form.text("clientSecretFile", default: "")
    redirect = try form.text("redirect", default: "")
    scope = try form.text("scope", default: scope)
    label = try form.text("label", default: "")
    try form.end()
    guard clientId.isEmpty || " \(scope) ".contains(" openid ") else {
      throw NuriError(.invalidSetting, "auth.issuers.scope lacks \"openid\".", at: node.place)
    }
    for role in roles.values { try Principal.Role.check(role, node) }
  }

  func write(to writer: inout JSONWriter) {
    writer.beginObject()
    let members = [
      ("issuer", issuer), ("audience", audience), ("keysURL", keysURL), ("keysFile", keysFile),
      ("rolesClaim", rolesClaim), ("groupsClaim", groupsClaim), ("nameClaim", nameClaim),
      ("clientId", clientId), ("clientSecretFile", clientSecretFile), ("redirect", redirect),
      ("scope", clientId.isEmpty ? "" : scope), ("label", label),
    ]
    for (key, value) in members where !value.isEmpty {
      writer.key(key)
      writer.string(value)
    }
    writer.key("roles")
    writer.texts(roles)
    writer.key("tenants")
    writer.texts(tenants)
    writer.endObject()
  }
}

extension AuthSettings.Certificate {
  init(_ node: JSONNode) throws(NuriError) {
    var form = Form(node, "auth.certificates")
    subject = try form.text("subject")
    roles = try form.texts("roles")
    groups = try form.texts("groups")
    tenants = try form.texts("tenants")
    try form.end()
    for role in roles { try Principal.Role.check(role, node) }
  }

  func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("subject")
    writer.string(subject)
    writer.key("roles")
    writer.texts(roles)
    writer.key("groups")
    writer.texts(groups)
    writer.key("tenants")
    writer.texts(tenants)
    writer.endObject()
  }
}

extension Principal.Role {
  fileprivate static func check(_ name: String, _ node: JSONNode) throws(NuriError) {
    if Principal.Role(rawValue: name) != nil { return }
    throw NuriError(
      .invalidSetting, "There is no role \"\(name)\".", at: node.place,
      advice: "There are \(allCases.map(\.rawValue).joined(separator: ", ")).")
  }
}

extension CORSSettings {
  /// What is wrong with an origin; `nil` when nothing is.
  @Sendable
  static func fault(_ origin: String) -> String? {
    let isWeb = origin.hasPrefix("https://") || origin.hasPrefix("http://")
    let rest = origin.drop { $0 != ":" }.dropFirst(3)
    if origin.contains("*") { return "is a pattern; name each origin" }
    return isWeb && !rest.isEmpty && !rest.contains("/")
      ? nil : "is no origin: write https://host or https://host:port"
  }
}

/// Names of tenants.
enum TenantName {
  /// The name of the tenant that needs no prefix.
  static let standard = "default"

  /// 1 to 64 small letters, digits, `-` and `_`.
  static func isLegal(_ name: String) -> Bool {
    (1...64).contains(name.utf8.count)
      && name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 || $0 == 95 }
  }
}

/// Secrets that the configuration names by file.
enum SecretFile {
  /// The file's bytes, without the line end that editors put after the last line.
  /// - Throws: `NuriError` when it can't be read.
  @Sendable
  static func read(_ path: String) throws(NuriError) -> [UInt8] {
    var bytes = try PosixDisk().readFile(path, limit: 64 << 10)
    if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
    if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
    return bytes
  }
}

/// JSON without its secrets.
enum Masked {
  private static let words = ["secret", "password", "token", "key"]

  /// Writes a JSON value; texts under names that speak of secrets become `***`, unless they name a file.
  static func write(_ json: [UInt8], to writer: inout JSONWriter) {
    guard let document = try? JSONDocument(json) else { return writer.string("***") }
    write(document.root, isSecret: false, to: &writer)
  }

  private static func write(_ node: JSONNode, isSecret: Bool, to writer: inout JSONWriter) {
    switch node.kind {
    case .object:
      writer.beginObject()
      for (key, value) in node.members {
        writer.key(key)
        let lower = key.lowercased()
        let isFile = lower.hasSuffix("file")
        write(value, isSecret: isSecret || !isFile && words.contains { lower.contains($0) }, to: &writer)
      }
      writer.endObject()
    case .array:
      writer.beginArray()
      for element in node.elements { write(element, isSecret: isSecret, to: &writer) }
      writer.endArray()
    case .string where isSecret: writer.string("***")
    default: writer.node(node)
    }
  }
}

extension JSONWriter {
  /// Writes an object of texts, sorted by name.
  mutating func texts(_ texts: [String: String]) {
    beginObject()
    for (name, text) in texts.sorted(by: { $0.key < $1.key }) {
      key(name)
      string(text)
    }
    endObject()
  }
}
