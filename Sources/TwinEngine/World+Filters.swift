import TwinGraph
import TwinValues

extension World {
  /// Gives columns page filters, so that the next queries that look for a value in them read only the pages that
  /// may hold it.
  ///
  /// From now on writes note their values; what is there already is noted in the background.
  func addFilters(_ requests: Set<FilterRequest>) {
    // A tracking fork's graph is made anew from its parent's whenever that moves.
    if isTracking, let parent { return parent.addFilters(requests) }
    let graph: Graph? = lock.withLock { state.graph.addFilters(requests) ? state.graph : nil }
    guard let graph else { return }
    _ = threads.checkpoints.run { graph.fillFilters() }
  }
}
