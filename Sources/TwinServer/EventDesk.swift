import TwinClients
import TwinEngine
import TwinEvents
import TwinLog
import TwinValues

/// Event routes at work for one data folder: the endpoints of the configuration, and what brings events to them.
struct EventDesk: Sendable {
  private let client: HTTPClient
  private let delivery: EventDelivery

  /// Prepares delivery; `nil` when the configuration names no endpoint.
  /// - Throws: `NuriError` for an endpoint that can't be read or used.
  init?(
    _ configuration: ServerConfiguration, _ engine: Engine, folder: String, disk: any Disk
  ) throws(NuriError) {
    if configuration.endpoints.isEmpty { return nil }
    var endpoints: [EventEndpoint] = []
    for (name, text) in configuration.endpoints.sorted(by: { $0.key < $1.key }) {
      let document = try JSONDocument(text)
      endpoints.append(
        try EventEndpoint(document.root, name: name) { (path) throws(NuriError) in
          try disk.readFile(path, limit: EventDesk.secretBytes)
        })
    }
    client = try HTTPClient(HTTPClient.Options())
    do throws(NuriError) {
      delivery = try EventDelivery(
        engine, endpoints: endpoints, source: configuration.tls.names.first ?? "localhost",
        folder: folder + "/events", disk: disk, clients: EventClients(http: client))
    } catch {
      client.close()
      throw error
    }
  }

  /// Bytes of a file with a secret.
  private static let secretBytes = 64 << 10

  func start() { delivery.start() }

  /// Ends delivery and notes how far it came.
  func stop() async {
    await delivery.stop()
    client.close()
  }

  /// How the endpoints stand.
  var figures: [EndpointFigures] { delivery.figures }
}
