/// Everything the command line touches outside itself: streams, terminal, environment, clocks.
///
/// Tests hand in one that captures; `Console.system` is the real one. Used from one thread at a time, except
/// for the closures, which may be called from any.
public struct Console: Sendable {
  /// Writes bytes to standard output.
  public var write: @Sendable ([UInt8]) -> Void
  /// Writes bytes to standard error.
  public var writeError: @Sendable ([UInt8]) -> Void
  /// Reads all of standard input.
  public var readInput: @Sendable () -> [UInt8]
  /// Columns of the terminal behind standard output; `nil` when it is none.
  public var outputWidth: Int?
  /// Columns of the terminal behind standard error; `nil` when it is none.
  public var errorWidth: Int?
  /// Environment variables.
  public var environment: [String: String]
  /// Where the running program lies, to find the files that come with it.
  public var programPath: String?
  /// Microseconds of a clock that only goes forward, for rates and pacing.
  public var uptime: @Sendable () -> Int64
  /// Waits for some microseconds.
  public var sleep: @Sendable (Int64) -> Void
  /// Takes the signals of `Signal` away from the system's own ways; call it before any thread is started.
  public var catchSignals: @Sendable () -> Void = {}
  /// Waits for a caught signal, at most so many microseconds; `nil` when none came.
  public var nextSignal: @Sendable (Int64) -> Signal? = { _ in .stop }
  /// Tells the service manager how it goes (`READY=1`, `STOPPING=1`); does nothing where there is none.
  public var notify: @Sendable (String) -> Void = { _ in }
  /// How many processors the process may use.
  public var cores = 1

  /// What the system asks a server to do.
  public enum Signal: Sendable {
    /// `SIGTERM` or `SIGINT`: end well.
    case stop
    /// `SIGHUP`: read certificates and other files anew.
    case reload
  }

  /// Makes a console.
  public init(
    write: @escaping @Sendable ([UInt8]) -> Void, writeError: @escaping @Sendable ([UInt8]) -> Void,
    readInput: @escaping @Sendable () -> [UInt8], outputWidth: Int?, errorWidth: Int?,
    environment: [String: String], programPath: String?, uptime: @escaping @Sendable () -> Int64,
    sleep: @escaping @Sendable (Int64) -> Void
  ) {
    self.write = write
    self.writeError = writeError
    self.readInput = readInput
    self.outputWidth = outputWidth
    self.errorWidth = errorWidth
    self.environment = environment
    self.programPath = programPath
    self.uptime = uptime
    self.sleep = sleep
  }
}
