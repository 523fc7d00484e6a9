import Synchronization
import TwinNet

/// What kind of work a request is, for figures: each has a latency histogram of its own.
enum RouteClass: Int, CaseIterable {
  case azureRead, azureWrite, azureQuery, nativeRead, nativeWrite, upload, page, own

  /// Its name in metrics and logs.
  var name: String {
    switch self {
    case .azureRead: "azure.read"
    case .azureWrite: "azure.write"
    case .azureQuery: "azure.query"
    case .nativeRead: "native.read"
    case .nativeWrite: "native.write"
    case .upload: "upload"
    case .page: "page"
    case .own: "own"
    }
  }

  /// Whether such a request changes something.
  var changes: Bool { self == .azureWrite || self == .nativeWrite || self == .upload }

  init(_ route: RoutePath, _ method: HTTPMethod) {
    let reads = method == .get || method == .head || method == .options
    switch route.kind {
    case .azure:
      if reads { self = .azureRead } else { self = route.isQuery ? .azureQuery : .azureWrite }
    case .native: self = reads ? .nativeRead : .nativeWrite
    case .uploads: self = reads ? .nativeRead : .upload
    case .page: self = .page
    case .health, .ready, .metrics: self = .own
    }
  }
}

/// What the server counts about requests. Any thread.
///
/// `@unchecked Sendable`: the numbers are atomic.
final class ServerMetrics: @unchecked Sendable {
  /// Why a request was refused before a wing saw it.
  enum Refused: Int, CaseIterable {
    case unauthenticated, rate, overload, signIns
  }

  static let bounds = HTTPMetrics.latencyBoundsMicroseconds
  /// Classes of status and the sum, then the buckets.
  private static let width = 6 + bounds.count + 1

  private let numbers: UnsafeMutablePointer<Atomic<Int>>
  private let count: Int
  private let refusals: Int
  private let flying: Int

  init() {
    refusals = RouteClass.allCases.count * Self.width
    flying = refusals + Refused.allCases.count
    count = flying + 1
    numbers = .allocate(capacity: count)
    for index in 0..<count { (numbers + index).initialize(to: Atomic(0)) }
  }

  deinit {
    numbers.deinitialize(count: count)
    numbers.deallocate()
  }

  /// Counts a request that begins; how many are under way with it.
  func begin() -> Int { numbers[flying].wrappingAdd(1, ordering: .relaxed).newValue }

  /// Counts a request that was answered.
  func end(_ route: RouteClass, status: Int, nanoseconds: UInt64) {
    numbers[flying].wrappingSubtract(1, ordering: .relaxed)
    let first = route.rawValue * Self.width
    let microseconds = Int(clamping: nanoseconds / 1000)
    numbers[first + max(1, min(5, status / 100))].wrappingAdd(1, ordering: .relaxed)
    numbers[first].wrappingAdd(microseconds, ordering: .relaxed)
    var bucket = 0
    while bucket < Self.bounds.count, microseconds > Self.bounds[bucket] { bucket += 1 }
    numbers[first + 6 + bucket].wrappingAdd(1, ordering: .relaxed)
  }

  func refuse(_ why: Refused) { numbers[refusals + why.rawValue].wrappingAdd(1, ordering: .relaxed) }

  /// Requests under way.
  var inFlight: Int { numbers[flying].load(ordering: .relaxed) }

  func refused(_ why: Refused) -> Int { numbers[refusals + why.rawValue].load(ordering: .relaxed) }

  /// Answers of a class of status, 1 to 5.
  func answers(_ route: RouteClass, _ statusClass: Int) -> Int {
    numbers[route.rawValue * Self.width + statusClass].load(ordering: .relaxed)
  }

  /// The sum of latencies, in microseconds.
  func microseconds(_ route: RouteClass) -> Int {
    numbers[route.rawValue * Self.width].load(ordering: .relaxed)
  }

  /// Answers within each bound, and those beyond; not cumulative.
  func buckets(_ route: RouteClass) -> [Int] {
    (0...Self.bounds.count).map { numbers[route.rawValue * Self.width + 6 + $0].load(ordering: .relaxed) }
  }
}
