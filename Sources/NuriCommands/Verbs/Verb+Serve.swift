import TwinServer
import TwinValues

extension VerbSpec {
  static let serve = VerbSpec(
    path: ["serve"],
    summary: Text("Serves a data folder over HTTP.", ko: "데이터 폴더를 HTTP로 제공합니다."),
    details: Text(
      """
      Makes the data folder when there is none. The first start prints an admin key, once. Ends well on SIGTERM and \
      Ctrl-C; reads certificates and the page anew on SIGHUP.
      """,
      ko: """
        데이터 폴더가 없으면 만듭니다. 처음 시작할 때 관리자 키를 한 번만 보여 줍니다. SIGTERM이나 Ctrl-C를 받으면 \
        하던 일을 마치고 끝내고, SIGHUP을 받으면 인증서와 페이지를 다시 읽습니다.
        """),
    options: ServerOptions.all,
    examples: [
      Example(
        "nuri serve --data ./city --tls", Text("On https://127.0.0.1:8080.", ko: "https://127.0.0.1:8080에서.")),
      Example(
        "nuri serve --config nuri.conf --set limits.requestsPerSecond=500",
        Text("By a file, one setting changed.", ko: "설정 파일대로, 하나만 바꿔서.")),
    ],
    run: { try Serving($0).run() })
}

/// A server being run by the verb `serve`.
private struct Serving {
  /// How often files are looked at while no signal comes.
  private static let patience: Int64 = 1_000_000

  private let invocation: Invocation
  private var terminal: Terminal { invocation.terminal }

  init(_ invocation: Invocation) { self.invocation = invocation }

  func run() throws -> ExitCode {
    let console = terminal.console
    console.catchSignals()
    let settings = ServerOptions.read(invocation)
    guard settings.errors.isEmpty else {
      for error in settings.errors { terminal.report(error) }
      return .invalid
    }
    for warning in settings.warnings { terminal.note(Text(warning, ko: warning)) }
    let server = try NuriServer(settings.configuration, cores: console.cores, log: console.writeError)
    do {
      try server.start()
    } catch {
      _ = try? stop(server)
      throw error
    }
    announce(server)
    console.notify("READY=1")
    wait(console, server)
    console.notify("STOPPING=1")
    terminal.note(Text("Finishing what is under way.", ko: "하던 요청을 마무리합니다."))
    let cut = try stop(server)
    if cut > 0 {
      terminal.note(Text("\(cut) connections had to be cut.", ko: "연결 \(cut)개를 끊어야 했습니다."))
    }
    return .success
  }

  private func wait(_ console: Console, _ server: NuriServer) {
    while true {
      switch console.nextSignal(Self.patience) {
      case .stop: return
      case .reload: server.reload()
      case nil: server.tick()
      }
    }
  }

  /// Stops the server on this thread, which waits for it.
  private func stop(_ server: NuriServer) throws -> Int {
    let done = Outcome()
    Task.detached {
      do throws(NuriError) { done.set(.success(try await server.stop())) } catch { done.set(.failure(error)) }
    }
    return try done.wait().get()
  }

  private func announce(_ server: NuriServer) {
    if invocation.isJSON {
      return invocation.printJSON { writer in
        writer.beginObject()
        writer.key("addresses")
        writer.beginArray()
        for address in server.addresses { writer.string(address) }
        writer.endArray()
        writer.member("authority", server.authorityPath)
        writer.member("adminKey", server.firstKeys["default"])
        writer.endObject()
      }
    }
    for address in server.addresses {
      terminal.print(Text("Serving on \(address)", ko: "\(address)에서 제공합니다")[terminal.language])
    }
    if let path = server.authorityPath {
      terminal.print(Text("Clients trust: \(path)", ko: "클라이언트가 믿을 인증서: \(path)")[terminal.language])
    }
    for (tenant, key) in server.firstKeys.sorted(by: { $0.key < $1.key }) {
      terminal.print(
        Text(
          "Admin key of \(tenant), shown this once: \(key)", ko: "\(tenant)의 관리자 키(지금만 보입니다): \(key)")[
            terminal.language])
    }
  }
}

/// A result that one thread waits for and another sets.
///
/// `@unchecked Sendable`: `result` is read and written under `monitor` only.
private final class Outcome: @unchecked Sendable {
  private let monitor = Monitor()
  private var result: Result<Int, NuriError>?

  func set(_ result: Result<Int, NuriError>) {
    monitor.withLock {
      self.result = result
      monitor.notifyAll()
    }
  }

  func wait() -> Result<Int, NuriError> {
    monitor.withLock {
      while true {
        if let result { return result }
        monitor.wait()
      }
    }
  }
}
