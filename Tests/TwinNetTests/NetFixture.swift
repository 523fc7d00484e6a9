import TwinValues

@testable import TwinNet

/// Runs `body` against a server on a free port, and drains the server afterwards.
func withServer(
  tls: TLSConfiguration? = nil, loops: Int = 1, limits: NetLimits = .quick, compresses: Bool = true,
  handler: @escaping @Sendable (HTTPRequest) async -> HTTPResponse,
  _ body: (HTTPServer) async throws -> Void
) async throws {
  let server = HTTPServer(
    configuration: .init(loops: loops, tls: tls, limits: limits, compresses: compresses), handler: handler)
  try server.start()
  do {
    try await body(server)
  } catch {
    await server.drain(deadlineMilliseconds: 100)
    throw error
  }
  await server.drain(deadlineMilliseconds: 100)
}

extension NetLimits {
  /// As documented, but without a long wait for peers that do not close.
  static var quick: NetLimits {
    var limits = NetLimits()
    limits.lingerMilliseconds = 50
    return limits
  }
}

/// Waits until `condition` holds, for at most a few seconds.
func eventually(_ condition: () -> Bool) async -> Bool {
  for _ in 0..<2000 {
    if condition() { return true }
    try? await Task.sleep(nanoseconds: 2_000_000)
  }
  return condition()
}

/// A handler that says what it understood.
@Sendable func echo(_ request: HTTPRequest) async -> HTTPResponse {
  do {
    let body = try await request.body.collect(upTo: 10 << 20)
    return .text(
      "\(request.method) \(request.target.raw) \(request.authority) \(String(decoding: body, as: UTF8.self))")
  } catch {
    return .refusing(error)
  }
}
