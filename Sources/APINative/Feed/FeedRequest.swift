import TwinEngine
import TwinNet
import TwinQuery
public import TwinValues

/// What a reader asks for.
struct FeedRequest: Sendable {
  /// Where it wants to begin.
  enum Start: Sendable {
    /// With what comes.
    case now
    /// After a position: 0 for everything there ever was.
    case after(UInt64)
  }

  var start = Start.now
  /// Whether it comes back: then a snapshot is only taken when its position can't be served.
  var isReturning = false
  var wantsSnapshot = false
  var filter = FeedFilter()

  /// Reads a request's query items and `last-event-id`.
  /// - Throws: `NuriError` with code `invalidParameter` that names the item, or `invalidQuery`.
  init(_ request: HTTPRequest) throws(NuriError) {
    var from: String?
    for (name, value) in request.target.query {
      switch name {
      case "from": from = value
      case "snapshot": wantsSnapshot = try FeedRequest.truth(name, value)
      case "twin": filter.twins.append(value)
      case "model": filter.models.append(try DTMI(value).text)
      case "path": filter.paths.append(value)
      case "kind":
        guard let kind = FeedKind(rawValue: value) else {
          throw FeedRequest.wrong(
            name, "\"\(value)\" is no kind of change.",
            "One of \(FeedKind.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        filter.kinds.insert(kind)
      case "q":
        filter.query = try Query.parse(value)
        _ = try FeedSieve(filter)
      default: continue
      }
    }
    let terms = filter.twins.count + filter.models.count + filter.paths.count
    guard terms <= FeedLimits.filterTerms else {
      throw NuriError(
        .limitExceeded, "A feed's filter has at most \(FeedLimits.filterTerms) terms, not \(terms).")
    }
    if let from { start = try FeedRequest.start(from) }
    if let last = request.headers["last-event-id"], !last.isEmpty {
      guard let position = UInt64(last) else {
        throw FeedRequest.wrong("last-event-id", "\"\(last)\" is no position in this feed.", "Leave it out.")
      }
      start = .after(position)
      isReturning = true
    } else if wantsSnapshot, case .after = start {
      throw FeedRequest.wrong(
        "from", "A feed begins with a snapshot or at a sequence, not both.", "Leave one of them out.")
    }
  }

  private static func start(_ text: String) throws(NuriError) -> Start {
    switch text {
    case "now": return .now
    case "start": return .after(0)
    default:
      guard let sequence = UInt64(text), sequence > 0 else {
        throw wrong("from", "\"\(text)\" is no place to begin.", "\"now\", \"start\" or a sequence from 1.")
      }
      return .after(sequence - 1)
    }
  }

  private static func truth(_ name: String, _ value: String) throws(NuriError) -> Bool {
    switch value {
    case "true", "1", "": return true
    case "false", "0": return false
    default: throw wrong(name, "\"\(value)\" is neither true nor false.", "Write true or false.")
    }
  }

  private static func wrong(_ name: String, _ message: String, _ advice: String) -> NuriError {
    NuriError(.invalidParameter, message, at: name, advice: advice)
  }
}

extension NuriError.Code {
  /// A request's parameter that can't be read.
  public static let invalidParameter = Self("invalidParameter")
}
