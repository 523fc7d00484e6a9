import TwinNet
import TwinValues

/// All routes, found by path. Made once.
struct RouteTable: Sendable {
  /// A step of a path.
  private final class Node: Sendable {
    let words: [String: Node]
    let parameter: Node?
    /// What answers here, by method.
    let routes: [String: Route]

    /// - Parameter routes: those that go through here, and the segments each has left.
    init(_ routes: [(route: Route, rest: ArraySlice<Substring>)]) {
      var words: [String: [(route: Route, rest: ArraySlice<Substring>)]] = [:]
      var parameters: [(route: Route, rest: ArraySlice<Substring>)] = []
      var here: [String: Route] = [:]
      for (route, rest) in routes {
        guard let segment = rest.first else {
          here[route.method.rawValue] = route
          continue
        }
        if segment.hasPrefix("{") {
          parameters.append((route, rest.dropFirst()))
        } else {
          words[String(segment), default: []].append((route, rest.dropFirst()))
        }
      }
      self.words = words.mapValues { Node($0) }
      parameter = parameters.isEmpty ? nil : Node(parameters)
      self.routes = here
    }
  }

  /// Every route, in the order of the description.
  let routes: [Route]
  private let root: Node

  /// The API's own.
  static let native = RouteTable(
    Route.description + Route.worlds + Route.promotion + Route.twins + Route.lists + Route.relationships
      + Route.pastReads + Route.timeline + Route.tiles + Route.models + Route.migration + Route.queries
      + Route.batches
      + Route.eventRoutes + Route.feed + Route.presence + Route.saved + Route.keys + Route.policies
      + Route.jobs
      + Route.endpoints + Route.audit)

  init(_ routes: [Route]) {
    self.routes = routes
    root = Node(routes.map { ($0, $0.path.split(separator: "/")[...]) })
  }

  /// What a path leads to.
  enum Match {
    case route(Route, values: [String])
    case otherMethods([String])
    case nothing
  }

  func match(_ method: HTTPMethod, _ segments: [String]) -> Match {
    var node = root
    var values: [String] = []
    for segment in segments {
      if let next = node.words[segment] {
        node = next
      } else if let next = node.parameter {
        node = next
        values.append(segment)
      } else {
        return .nothing
      }
    }
    if node.routes.isEmpty { return .nothing }
    let wanted = method == .head ? HTTPMethod.get.rawValue : method.rawValue
    if let route = node.routes[wanted] { return .route(route, values: values) }
    var methods = node.routes.keys.sorted()
    if node.routes["GET"] != nil { methods.append("HEAD") }
    return .otherMethods(methods + ["OPTIONS"])
  }
}
