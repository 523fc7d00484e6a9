import Foundation
import ProofServers
import TwinEngine
import TwinIdentity
import TwinNet
import TwinValues

@testable import TwinServer

/// What a server wrote into its log.
final class LogLines: @unchecked Sendable {
  // `@unchecked Sendable`: `bytes` is touched only while holding `lock`.
  private let lock = Lock()
  private var bytes: [UInt8] = []

  @Sendable
  func take(_ more: [UInt8]) { lock.withLock { bytes += more } }

  var text: String { lock.withLock { String(decoding: bytes, as: UTF8.self) } }

  /// The lines about an event.
  func lines(_ event: String) throws -> [JSONDocument] {
    try text.split(separator: "\n").map { try JSONDocument(String($0)) }.filter {
      $0.root["event"]?.string == event
    }
  }
}

/// A server without sockets: requests go in and answers come out.
final class House: Sendable {
  let folder: TemporaryFolder
  let server: NuriServer
  let log = LogLines()
  let key: String

  init(_ change: (inout ServerConfiguration, TemporaryFolder) throws -> Void = { _, _ in }) throws {
    folder = try TemporaryFolder()
    var configuration = ServerConfiguration(data: folder.path + "/data")
    try change(&configuration, folder)
    server = try NuriServer(configuration, cores: 1, log: log.take)
    key = server.firstKeys["default"] ?? ""
  }

  /// Runs a test in a house and closes it.
  static func with(
    _ change: (inout ServerConfiguration, TemporaryFolder) throws -> Void = { _, _ in },
    _ body: (House) async throws -> Void
  ) async throws {
    let house = try House(change)
    do {
      try await body(house)
    } catch {
      try await house.server.stop()
      throw error
    }
    try await house.server.stop()
  }

  /// Asks; `credential` nil for nobody.
  func ask(
    _ method: String, _ target: String, as credential: String?, _ fields: [(String, String)] = [],
    body: String = "", from host: String = "192.0.2.7", client: TLSClientIdentity? = nil
  ) async throws -> Reply {
    var headers: HTTPHeaders = ["host": "twins.example"]
    if let credential { headers.append("authorization", "Bearer \(credential)") }
    for (name, value) in fields { headers.append(name, value) }
    guard let target = RequestTarget(target) else { throw NuriError(.init("test"), "No target: \(target)") }
    let response = await server.respond(
      to: HTTPRequest(
        method: HTTPMethod(rawValue: method), target: target, headers: headers, body: Array(body.utf8),
        peer: PeerAddress(host: host, port: 4711), client: client))
    return Reply(response)
  }

  /// Asks as the first admin.
  func ask(_ method: String, _ target: String, body: String = "") async throws -> Reply {
    try await ask(
      method, target, as: key, body.isEmpty ? [] : [("content-type", "application/json")], body: body)
  }

  /// Makes the model and a twin `a`.
  func furnish() async throws {
    _ = try await ask("POST", "/models?\(House.version)", body: "[\(House.model)]")
    _ = try await ask("PUT", "/digitaltwins/a?\(House.version)", body: House.twin)
  }

  static let version = "api-version=2023-10-31"
  static let model =
    #"{"@context":"dtmi:dtdl:context;3","@id":"dtmi:t:Room;1","@type":"Interface","contents":[{"@type":"Property","name":"n","schema":"integer"},{"@type":"Relationship","name":"next"}]}"#
  static let twin = #"{"$metadata":{"$model":"dtmi:t:Room;1"},"n":1}"#
}

/// An answer, its body as text.
struct Reply {
  let status: Int
  let headers: HTTPHeaders
  let text: String

  init(_ response: HTTPResponse) {
    status = response.status
    headers = response.headers
    if case .bytes(let bytes) = response.body {
      text = String(decoding: bytes, as: UTF8.self)
    } else {
      text = ""
    }
  }

  /// The body as JSON, and a member of it.
  func text(at path: String...) -> String? {
    guard let document = try? JSONDocument(text) else { return nil }
    return path.reduce(document.root as JSONNode?) { $0?[$1] }?.string
  }
}

/// An issuer of tokens with one Ed25519 key.
struct Issuer {
  let key: Ed25519.PrivateKey
  let id: String
  let name: String
  static let audience = "https://twins.example"

  init(id: String = "k1", name: String = "https://issuer.example") throws {
    key = try Ed25519.PrivateKey()
    self.id = id
    self.name = name
  }

  /// Its key set.
  var keys: String {
    #"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"\#(id)","x":"\#(Base64URL.encode(key.publicKey.bytes))"}]}"#
  }

  /// A token; `ends` in seconds from now.
  func token(
    _ claims: String, ends: Int = 600, header: String? = nil, audience: String = Issuer.audience
  ) throws -> String {
    let header = header ?? #"{"alg":"EdDSA","typ":"JWT","kid":"\#(id)"}"#
    let now = Int(Date().timeIntervalSince1970)
    let body =
      #"{"iss":"\#(name)","aud":"\#(audience)","exp":\#(now + ends),"iat":\#(now - 700),\#(claims)}"#
    let signed = Base64URL.encode(Array(header.utf8)) + "." + Base64URL.encode(Array(body.utf8))
    return signed + "." + Base64URL.encode(try key.sign(Array(signed.utf8)))
  }

  /// Trusts it in a configuration.
  func enter(_ configuration: inout ServerConfiguration, _ folder: TemporaryFolder) throws {
    var issuer = AuthSettings.Issuer()
    issuer.issuer = name
    issuer.audience = Issuer.audience
    issuer.keysFile = try folder.write("keys.json", keys)
    issuer.roles = ["twins.read": "reader", "twins.admin": "admin"]
    configuration.auth.issuers = [issuer]
  }
}
