/// What became of a request.
enum SendOutcome: Sendable {
  /// It arrived.
  case delivered
  /// It may go well later; the receiver may have said when.
  case later(String, milliseconds: Int64?)
  /// It will never go well; a batch may do so in parts.
  case never(String, inParts: Bool)
}

/// Brings events to one endpoint, once and without trying again.
protocol EventSender: Sendable {
  /// Most events that go in one request, in their order.
  var together: Int { get }
  func send(_ events: ArraySlice<CloudEvent>) async -> SendOutcome
  func close()
}
