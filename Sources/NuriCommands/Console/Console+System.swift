#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Console {
  /// The process's own streams, terminal, environment and clocks.
  public static func system() -> Console {
    var environment: [String: String] = [:]
    var entry = environ
    while let pointer = entry.pointee {
      let text = String(cString: pointer)
      if let equals = text.firstIndex(of: "=") {
        environment[String(text[..<equals])] = String(text[text.index(after: equals)...])
      }
      entry += 1
    }
    var console = Console(
      write: { writeAll($0, to: STDOUT_FILENO) }, writeError: { writeAll($0, to: STDERR_FILENO) },
      readInput: readAll, outputWidth: terminalWidth(STDOUT_FILENO), errorWidth: terminalWidth(STDERR_FILENO),
      environment: environment, programPath: ownPath(), uptime: monotonicMicroseconds,
      sleep: { microseconds in
        var left = timespec(
          tv_sec: Int(microseconds / 1_000_000), tv_nsec: Int(microseconds % 1_000_000) * 1000)
        var rest = timespec()
        while nanosleep(&left, &rest) != 0, errno == EINTR { left = rest }
      })
    console.catchSignals = {
      var signals = serverSignals()
      pthread_sigmask(SIG_BLOCK, &signals, nil)
    }
    console.nextSignal = waitForSignal
    if let path = environment["NOTIFY_SOCKET"] { console.notify = { sendNotice($0, at: path) } }
    console.cores = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    return console
  }
}

/// One datagram to the service manager's socket, as sd_notify(3) describes it; `@` starts an abstract name.
private func sendNotice(_ text: String, at path: String) {
  var address = sockaddr_un()
  address.sun_family = sa_family_t(AF_UNIX)
  var name = Array(path.utf8)
  if name.first == UInt8(ascii: "@") { name[0] = 0 }
  guard name.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
  withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
  let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
  guard descriptor >= 0 else { return }
  defer { close(descriptor) }
  let message = Array(text.utf8)
  let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
  _ = withUnsafePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      sendto(descriptor, message, message.count, Int32(MSG_NOSIGNAL), $0, length)
    }
  }
}

private func serverSignals() -> sigset_t {
  var signals = sigset_t()
  sigemptyset(&signals)
  for signal in [SIGTERM, SIGINT, SIGHUP] { sigaddset(&signals, signal) }
  return signals
}

@Sendable
private func waitForSignal(_ microseconds: Int64) -> Console.Signal? {
  var signals = serverSignals()
  var patience = timespec(
    tv_sec: Int(microseconds / 1_000_000), tv_nsec: Int(microseconds % 1_000_000) * 1000)
  switch sigtimedwait(&signals, nil, &patience) {
  case SIGTERM, SIGINT: return .stop
  case SIGHUP: return .reload
  default: return nil
  }
}

private func writeAll(_ bytes: [UInt8], to descriptor: Int32) {
  bytes.withUnsafeBytes { raw in
    var rest = raw[...]
    while !rest.isEmpty {
      let written = unsafeWrite(descriptor, rest)
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { return }
      rest = rest.dropFirst(written)
    }
  }
}

private func unsafeWrite(_ descriptor: Int32, _ bytes: Slice<UnsafeRawBufferPointer>) -> Int {
  let part = UnsafeRawBufferPointer(rebasing: bytes)
  return write(descriptor, part.baseAddress, part.count)
}

private func readAll() -> [UInt8] {
  var all: [UInt8] = []
  var block = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = read(STDIN_FILENO, &block, block.count)
    if count < 0, errno == EINTR { continue }
    guard count > 0 else { return all }
    all += block[..<count]
  }
}

private func terminalWidth(_ descriptor: Int32) -> Int? {
  guard isatty(descriptor) == 1 else { return nil }
  var size = winsize()
  guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
  return Int(size.ws_col)
}

private func ownPath() -> String? {
  var buffer = [UInt8](repeating: 0, count: 4096)
  let count = buffer.withUnsafeMutableBytes { raw in
    raw.baseAddress.map { readlink("/proc/self/exe", $0.assumingMemoryBound(to: CChar.self), raw.count) } ?? 0
  }
  return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
}

@Sendable
private func monotonicMicroseconds() -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
}
