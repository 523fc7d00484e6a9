public import TwinClients
public import TwinEngine
import TwinGraph
public import TwinLog
public import TwinValues

/// What an endpoint has done since the server started, and how it stands.
public struct EndpointFigures: Hashable, Sendable {
  /// The endpoint's name.
  public let endpoint: String
  /// Events delivered.
  public internal(set) var delivered: UInt64 = 0
  /// Requests tried again.
  public internal(set) var retried: UInt64 = 0
  /// Events laid among the dead letters.
  public internal(set) var dead: UInt64 = 0
  /// Old dead letters that had to go for new ones.
  public internal(set) var dropped: UInt64 = 0
  /// Times that the log did not hold what came next, after a backup was brought back.
  public internal(set) var gaps: UInt64 = 0
  /// The last change that has been dealt with.
  public internal(set) var position: UInt64 = 0
  /// Changes of the world that have not been looked at yet.
  public internal(set) var lag: UInt64 = 0
  /// What stands in the way now.
  public internal(set) var trouble: String?

  init(endpoint: String) { self.endpoint = endpoint }
}

/// What became of dead letters that were tried again.
public struct Redelivery: Hashable, Sendable {
  /// How many arrived.
  public internal(set) var delivered = 0
  /// How many still lie there: they failed again, or the time was up.
  public internal(set) var left = 0
}

/// What delivery is given: the ways out, time and chance.
public struct EventClients: Sendable {
  /// Sends webhooks.
  public var http: HTTPClient
  /// Counts, waits and throws dice.
  public var clock: any ClientClock
  /// Says what time it is, for signatures and ages.
  public var calendar: any WorldClock

  /// Makes them.
  public init(
    http: HTTPClient, clock: any ClientClock = SystemClientClock(), calendar: any WorldClock = SystemClock()
  ) {
    self.http = http
    self.clock = clock
    self.calendar = calendar
  }
}

/// What the endpoints of one delivery share.
struct EventKit: Sendable {
  let http: HTTPClient
  let clock: any ClientClock
  let calendar: any WorldClock
  let files: JobThread

  /// Waits in short steps, so that stopping takes no longer than one.
  func pause(_ milliseconds: Int64, until isOver: () -> Bool) async {
    let end = clock.milliseconds() + milliseconds
    while !isOver() {
      let left = end - clock.milliseconds()
      if left <= 0 { return }
      await clock.pause(milliseconds: min(left, 100))
    }
  }
}

/// Brings the events of the live world to the endpoints its routes name.
///
/// Every event of a route arrives at least once, those of one twin in order, or lies among the endpoint's dead letters.
/// An endpoint has a task of its own and holds nobody up. What it has not delivered yet is in the world's log, so a slow
/// one costs no memory and a restart loses nothing. All calls may come from any thread.
///
/// `@unchecked Sendable`: `tasks` and `isStarted` are touched only while holding `lock`; `runs` never changes.
public final class EventDelivery: @unchecked Sendable {
  private let runs: [EndpointRun]
  private let kit: EventKit
  private let lock = Lock()
  private var tasks: [Task<Void, Never>] = []
  private var isStarted = false

  /// Prepares delivery; `start()` begins it.
  /// - Parameters:
  ///   - session: who reads the world: the owner, since an endpoint gets everything its routes let through.
  ///   - folder: where positions and dead letters are kept: `events` in the data folder.
  ///   - source: the server's name in events, e.g. `twins.city.example`.
  /// - Throws: `NuriError` with code `invalidName` for an endpoint's name, or why the folder can't be used.
  public init(
    _ session: Session, endpoints: [EventEndpoint], source: String, folder: String,
    disk: any Disk = PosixDisk(),
    clients: EventClients
  ) throws(NuriError) {
    let kit = EventKit(
      http: clients.http, clock: clients.clock, calendar: clients.calendar, files: try JobThread())
    self.kit = kit
    let world = try session.world()
    var runs: [EndpointRun] = []
    do throws(NuriError) {
      for endpoint in endpoints {
        guard endpoint.name.isEndpointName, !runs.contains(where: { $0.endpoint.name == endpoint.name })
        else {
          throw NuriError(
            .invalidName,
            "\"\(endpoint.name.prefix(80))\" can't be an endpoint's name, or it is there twice.",
            advice: "Use 1 to 64 letters, digits, hyphens and underscores.")
        }
        let place = try EndpointFolder("\(folder)/\(endpoint.name)", disk)
        runs.append(try EndpointRun(endpoint, world, place, kit, source: source))
      }
    } catch {
      kit.files.stop()
      throw error
    }
    self.runs = runs
  }

  /// The endpoints' names, as event routes may call them.
  public var endpoints: [String] { runs.map(\.endpoint.name) }

  /// How each endpoint stands.
  public var figures: [EndpointFigures] { runs.map(\.current) }

  /// Begins to deliver. Calling twice is harmless.
  public func start() {
    lock.withLock {
      if isStarted { return }
      isStarted = true
      tasks = runs.map { run in Task { await run.run() } }
      tasks.append(Task { await self.keepNotes() })
    }
  }

  /// Ends delivery and notes how far it came. A request under way is given up: its events come again after the next
  /// start.
  public func stop() async {
    let ending = lock.withLock {
      defer { tasks = [] }
      return tasks
    }
    for run in runs { run.stop() }
    for task in ending { task.cancel() }
    for task in ending { await task.value }
    await note(everything: true)
    kit.files.stop()
  }

  /// The dead letters of an endpoint, oldest first.
  /// - Throws: `NuriError` with code `endpointNotFound`, or why they can't be read.
  public func deadLetters(of endpoint: String, limit: Int = 1000) async throws(NuriError) -> [DeadLetter] {
    let run = try run(endpoint)
    return try await kit.files.run { () throws(NuriError) in
      var letters: [DeadLetter] = []
      for file in run.folder.files where letters.count < limit {
        letters += try run.folder.letters(in: file).prefix(limit - letters.count)
      }
      return letters
    }
  }

  /// Tries the dead letters of an endpoint once more, oldest first, for so long; those that fail again stay.
  /// - Throws: `NuriError` with code `endpointNotFound`, `conflict` while that is being done already, or why they
  ///   can't be read or written.
  public func redeliver(
    _ endpoint: String, milliseconds: Int64 = EventLimits.redeliveryMilliseconds
  ) async throws(NuriError) -> Redelivery {
    try await run(endpoint).redeliver(milliseconds: milliseconds)
  }

  private func run(_ endpoint: String) throws(NuriError) -> EndpointRun {
    guard let run = runs.first(where: { $0.endpoint.name == endpoint }) else {
      throw NuriError(.endpointNotFound, "There is no endpoint \"\(endpoint.prefix(80))\" here.")
    }
    return run
  }

  // MARK: Notes

  private func keepNotes() async {
    while !Task.isCancelled {
      await kit.clock.pause(milliseconds: EventLimits.noteMilliseconds)
      await note(everything: false)
    }
  }

  private func note(everything: Bool) async {
    for run in runs {
      let position = run.current.position
      guard everything || position != run.noted else { continue }
      // A note that can't be written now is written the next time; without it, events only come again.
      try? await kit.files.run { () throws(NuriError) in
        try run.folder.note(position)
        run.noted = position
      }
    }
  }
}

extension String {
  /// Whether the text may name an endpoint, and with it a folder.
  fileprivate var isEndpointName: Bool {
    (1...64).contains(utf8.count)
      && unicodeScalars.allSatisfy {
        switch $0 {
        case "a"..."z", "A"..."Z", "0"..."9", "-", "_": true
        default: false
        }
      }
  }
}

extension EndpointFigures {
  /// Writes them as the object that lists have.
  public func write(into writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("name")
    writer.string(endpoint)
    for (name, number) in [
      ("delivered", delivered), ("retried", retried), ("dead", dead), ("dropped", dropped), ("gaps", gaps),
      ("position", position), ("lag", lag),
    ] {
      writer.key(name)
      writer.unsigned(number)
    }
    if let trouble {
      writer.key("trouble")
      writer.string(trouble)
    }
    writer.endObject()
  }
}

extension NuriError.Code {
  /// An endpoint whose configuration can't be read.
  public static let invalidEndpoint = Self("invalidEndpoint")
}
