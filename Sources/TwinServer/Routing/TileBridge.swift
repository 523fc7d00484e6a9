import APINative
import TwinEngine
import TwinTiles
import TwinValues

/// Carries the API's questions about tiles to the room that makes them. Any thread.
struct TileBridge: TileSource {
  private let service = TileService()

  func index(of state: Snapshot) throws(NuriError) -> [UInt8] { service.index(of: state).json(of: state) }

  func tile(_ hash: String, of state: Snapshot) throws(NuriError) -> [UInt8]? {
    service.tile(hash, of: state)
  }

  func ids(_ hash: String, of state: Snapshot) throws(NuriError) -> [UInt8]? {
    service.ids(hash, of: state)
  }

  func values(model: String, path: String, of state: Snapshot) throws(NuriError) -> [UInt8] {
    try service.values(model: model, path: path, of: state)
  }
}
