import TwinModels
public import TwinValues

/// A rule of a world: which of its events go to which endpoint.
///
/// Routes are part of a world's state, changed by changes like everything else. Endpoints are not: they name
/// machines and hold secrets, so they belong to the server's configuration.
public struct EventRoute: Hashable, Sendable {
  /// Its id, unique in the world.
  public let id: String
  /// The endpoint it leads to, by the name the server knows it by.
  public let endpoint: String
  /// Which events take it, as an expression.
  public let filter: String

  /// Makes a route.
  public init(id: String, endpoint: String, filter: String) {
    self.id = id
    self.endpoint = endpoint
    self.filter = filter
  }
}

extension Graph {
  /// The event routes, in order of their ids.
  public var eventRoutes: [EventRoute] { state.eventRoutes }

  /// The event route with an id.
  public func eventRoute(_ id: String) -> EventRoute? {
    state.eventRoutes.first { $0.id == id }
  }

  mutating func putEventRoute(_ route: EventRoute) throws(NuriError) {
    let index = state.eventRoutes.firstIndex { $0.id >= route.id } ?? state.eventRoutes.count
    let isKnown = index < state.eventRoutes.count && state.eventRoutes[index].id == route.id
    guard isKnown || state.eventRoutes.count < GraphLimits.eventRoutes else {
      throw NuriError(
        .limitExceeded, "A world has at most \(GraphLimits.eventRoutes) event routes.",
        advice: "Delete one, or let one route's filter cover several kinds of event.")
    }
    for text in [route.id, route.endpoint, route.filter]
    where text.isEmpty || text.utf8.count > GraphLimits.eventRouteTextBytes {
      throw NuriError(
        .invalidValue,
        "An event route's id, endpoint and filter have 1 to \(GraphLimits.eventRouteTextBytes) bytes each.",
        at: "event route \(route.id.prefix(200))")
    }
    own()
    if isKnown {
      state.eventRoutes[index] = route
    } else {
      state.eventRoutes.insert(route, at: index)
    }
  }

  mutating func deleteEventRoute(_ id: String) throws(NuriError) {
    guard let index = state.eventRoutes.firstIndex(where: { $0.id == id }) else {
      throw NuriError(.eventRouteNotFound, "There is no event route \"\(id)\".")
    }
    own()
    state.eventRoutes.remove(at: index)
  }
}

extension NuriError.Code {
  /// No such event route.
  public static let eventRouteNotFound = Self("eventRouteNotFound")
  /// No such endpoint in the server's configuration.
  public static let endpointNotFound = Self("endpointNotFound")
}
