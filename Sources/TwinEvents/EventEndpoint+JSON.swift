import TwinClients
public import TwinValues

/// Endpoints as the server's configuration has them.
extension EventEndpoint {
  /// Reads an endpoint from a JSON object; `docs/events.md` lists its members.
  ///
  /// Secrets don't stand in the configuration itself: members that end in `File` name files whose text, without the line
  /// feed at its end, is the secret.
  /// - Parameter secret: reads such a file.
  /// - Throws: `NuriError` with code `invalidEndpoint` that names the member.
  public init(
    _ node: JSONNode, name: String, secret: (String) throws(NuriError) -> [UInt8]
  ) throws(NuriError) {
    do throws(NuriError) {
      let members = try EndpointMembers(
        node,
        [
          "type", "url", "format", "batch", "headers", "secretFile", "authorityFile", "certificateFile",
          "keyFile",
          "origin", "milliseconds", "topic", "quality", "version", "clientId", "user", "passwordFile",
          "retry", "lanes",
        ])
      let target: Target =
        switch try members.text("type") {
        case "webhook": .webhook(try WebhookTarget(members, secret))
        case "mqtt": .mqtt(try MQTTTarget(members, secret))
        default: throw members.wrong("type", "is \"webhook\" or \"mqtt\"")
        }
      let lanes = try members.integer("lanes", 1...256) ?? 8
      self.init(name: name, target: target, retry: try EventRetry(members), lanes: lanes)
    } catch {
      throw error.inside("endpoint \(name)")
    }
  }
}

extension EndpointMembers {
  fileprivate var trust: ClientTrust {
    get throws(NuriError) {
      ClientTrust(
        authorityFile: try optional("authorityFile"), certificateFile: try optional("certificateFile"),
        keyFile: try optional("keyFile"))
    }
  }
}

extension WebhookTarget {
  fileprivate init(
    _ members: EndpointMembers, _ secret: (String) throws(NuriError) -> [UInt8]
  ) throws(NuriError) {
    try members.refuse(["topic", "quality", "version", "clientId", "user", "passwordFile"], in: "a webhook")
    self.init(url: try members.text("url"), trust: try members.trust)
    if let text = try members.optional("format") {
      guard let format = Format(rawValue: text) else {
        throw members.wrong("format", "is \"structured\", \"batched\" or \"binary\"")
      }
      self.format = format
    }
    batch = try members.integer("batch", 1...1000) ?? batch
    milliseconds = try members.integer("milliseconds", 100...600_000) ?? milliseconds
    origin = try members.optional("origin")
    if let file = try members.optional("secretFile") { self.secret = try secret(file) }
    for (name, value) in try members.object("headers") {
      guard let value = value.string else { throw members.wrong("headers", "has texts only") }
      headers.append(HTTPField(name, value))
    }
  }
}

extension MQTTTarget {
  fileprivate init(
    _ members: EndpointMembers, _ secret: (String) throws(NuriError) -> [UInt8]
  ) throws(NuriError) {
    try members.refuse(["batch", "headers", "secretFile", "origin"], in: "an MQTT endpoint")
    var broker = try MQTTOptions(url: try members.text("url"))
    broker.trust = try members.trust
    broker.user = try members.optional("user")
    broker.clientId = try members.optional("clientId") ?? ""
    broker.answerMilliseconds =
      try members.integer("milliseconds", 100...600_000) ?? broker.answerMilliseconds
    if let file = try members.optional("passwordFile") {
      broker.password = String(decoding: try secret(file), as: UTF8.self)
    }
    if let text = try members.optional("version") {
      guard let version = MQTTOptions.Version(rawValue: text) else {
        throw members.wrong("version", "is \"5\" or \"3.1.1\"")
      }
      broker.version = version
    }
    self.init(broker: broker)
    topic = try members.optional("topic") ?? topic
    if let text = try members.optional("format") {
      guard let format = Format(rawValue: text), format == .structured || broker.version == .v5 else {
        throw members.wrong("format", "is \"structured\", or with MQTT 5 \"binary\"")
      }
      self.format = format
    }
    if let number = try members.integer("quality", 0...1) {
      quality = number == 0 ? .atMostOnce : .atLeastOnce
    }
  }
}

extension EventRetry {
  fileprivate init(_ members: EndpointMembers) throws(NuriError) {
    self.init()
    guard let node = members.node["retry"] else { return }
    let retry = try EndpointMembers(
      node, ["attempts", "firstMilliseconds", "longestMilliseconds", "ageSeconds"])
    attempts = try retry.integer("attempts", 1...1000) ?? attempts
    firstMilliseconds = Int64(try retry.integer("firstMilliseconds", 1...600_000) ?? Int(firstMilliseconds))
    longestMilliseconds = Int64(
      try retry.integer("longestMilliseconds", 1...86_400_000) ?? Int(longestMilliseconds))
    ageSeconds = Int64(try retry.integer("ageSeconds", 0...31_622_400) ?? Int(ageSeconds))
  }
}

/// The members of an object, each of which must be known and of its kind.
struct EndpointMembers {
  let node: JSONNode

  init(_ node: JSONNode, _ known: Set<String>) throws(NuriError) {
    self.node = node
    guard node.kind == .object else {
      throw NuriError(.invalidEndpoint, "It should be an object.", at: node.place)
    }
    for (key, value) in node.members where !known.contains(key) {
      throw NuriError(
        .invalidEndpoint, "There is no member \"\(key.prefix(80))\".", at: value.place,
        advice: "Known are \(known.sorted().joined(separator: ", ")).")
    }
  }

  func wrong(_ name: String, _ should: String) -> NuriError {
    NuriError(.invalidEndpoint, "\"\(name)\" \(should).", at: (node[name] ?? node).place)
  }

  func optional(_ name: String) throws(NuriError) -> String? {
    guard let value = node[name] else { return nil }
    guard let text = value.string, !text.isEmpty else { throw wrong(name, "is a text") }
    return text
  }

  func text(_ name: String) throws(NuriError) -> String {
    guard let text = try optional(name) else { throw wrong(name, "is missing") }
    return text
  }

  func integer(_ name: String, _ range: ClosedRange<Int>) throws(NuriError) -> Int? {
    guard let value = node[name] else { return nil }
    guard let number = value.int64.flatMap({ Int(exactly: $0) }), range.contains(number) else {
      throw wrong(name, "is a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  func object(_ name: String) throws(NuriError) -> [(key: String, value: JSONNode)] {
    guard let value = node[name] else { return [] }
    guard value.kind == .object else { throw wrong(name, "is an object") }
    return Array(value.members)
  }

  func refuse(_ names: [String], in place: String) throws(NuriError) {
    for name in names where node[name] != nil { throw wrong(name, "means nothing to \(place)") }
  }
}
