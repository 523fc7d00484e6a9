import TwinGraph
import TwinIdentity
import TwinLog
import TwinModels
import TwinQuery
import TwinValues

/// What can be fed with bytes. Each reads them as one kind of input; whatever they are, it must answer or throw,
/// and what it accepts must hold up: be written and read again to the same thing.
enum FuzzTarget: String, CaseIterable {
  /// A JSON text.
  case json
  /// A DTDL model.
  case models
  /// A query's text.
  case query
  /// The payload of a log frame, read and replayed into a small world.
  case frames
  /// Lines of an import: twins and relationships.
  case lines
  /// A graph's sections, as a checkpoint holds them.
  case archive
  /// A log segment.
  case segment
  /// A compressed segment.
  case sealed
  /// A checkpoint.
  case checkpoint
  /// A backup's list of files.
  case manifest
  /// Instants, model ids and twin ids.
  case names
  /// A bearer token, checked with the key set it was made for.
  case token
  /// A JWK set.
  case keys
  /// An API key.
  case apiKey
  /// A request of HTTP/1.1.
  case http1
  /// Frames of a WebSocket.
  case webSocket
  /// A JSON Patch of a twin, by either API.
  case patch

  /// The target of this process. Unsafe: set once before the first input; libFuzzer feeds on one thread.
  nonisolated(unsafe) static var chosen = FuzzTarget.json

  func feed(_ bytes: UnsafeBufferPointer<UInt8>) {
    let bytes = Array(bytes)
    switch self {
    case .json: Feed.json(bytes)
    case .models: _ = try? ModelSet.empty.adding([bytes])
    case .query: Feed.query(bytes)
    case .frames: Feed.frames(bytes)
    case .lines: Feed.lines(bytes)
    case .archive: Feed.archive(bytes)
    case .segment: _ = try? LogFuzz.segment(bytes)
    case .sealed: _ = try? LogFuzz.sealedSegment(bytes)
    case .checkpoint: _ = try? LogFuzz.checkpoint(bytes)
    case .manifest: _ = try? LogFuzz.manifest(bytes)
    case .names: Feed.names(bytes)
    case .token: Feed.token(bytes)
    case .keys: _ = try? JWKSet(bytes)
    case .apiKey: Feed.apiKey(bytes)
    case .http1: Feed.http1(bytes)
    case .webSocket: Feed.webSocket(bytes)
    case .patch: Feed.patch(bytes)
    }
  }
}
