import TwinEngine
import TwinQuery
import TwinValues

/// How much one request of `/v1` may ask. `docs/api.md` has them as a table with what a client sees.
public enum NativeLimits {
  /// Bytes of a JSON body.
  public static let bodyBytes = 4 << 20
  /// Bytes of a body with models.
  public static let modelBytes = 32 << 20
  /// Bytes of a JSON batch.
  public static let batchBytes = 64 << 20
  /// Operations of a JSON batch.
  public static let batchOperations = EngineLimits.batchOperations
  /// Bytes of one line of an NDJSON batch.
  public static let lineBytes = 4 << 20
  /// Lines of an NDJSON batch that become visible together, when the request does not say.
  public static let defaultGroupLines = 1_000
  /// Most lines of an NDJSON batch that become visible together.
  public static let groupLines = 100_000
  /// Bytes of lines after which a group of an NDJSON batch is written even if it has fewer lines than asked.
  public static let groupBytes = 16 << 20
  /// Items in one page, when the request does not say.
  public static let defaultPageItems = 100
  /// Most items in one page.
  public static let pageItems = 10_000
  /// Rows in one page of a query.
  public static let pageRows = QueryLimits.pageRows
  /// Steps of one JSON Patch.
  public static let patchSteps = 1_000
  /// Models in one request.
  public static let modelsPerRequest = 1_000
  /// Most dead letters in one answer.
  public static let deadLetters = 1_000
  /// Bytes of a `reason`.
  public static let reasonBytes = 1_024
  /// Bytes of a label.
  public static let labelBytes = 1_024
  /// Bytes of a cursor.
  public static let cursorBytes = 512
  /// Days that a length of time such as `-7d` may be: more than a thousand years.
  public static let spanDays = 400_000
  /// Samples of one series, when the request does not say.
  public static let defaultSamples = 10_000
  /// Most samples of one series.
  public static let samples = 100_000
  /// Most buckets of one series.
  public static let buckets = 10_000
  /// Changes and conflicts that the answer of a promotion shows; it tells how many there are.
  public static let shownChanges = 1_000
  /// Times that a merge is tried again when others write the same twin meanwhile.
  public static let mergeAttempts = 16
  /// Bytes of lines collected before they are sent.
  public static let streamBytes = 48 << 10
  /// Items read from one state before the next stretch of a streamed list.
  public static let streamItems = 256
  /// Rewinds, queries, listings and the like at work at once.
  public static let workThreads = 4
  /// Such requests under way, those that wait for a thread included; more are answered with 503.
  public static let workCalls = 1_024
  /// Requests for tiles and values at work at once.
  public static let tileThreads = 2
  /// Such requests under way, those that wait for a thread included; more are answered with 503.
  public static let tileCalls = 1_024
  /// Streamed diffs, histories and change lists at once, each on a thread; more are answered with 503.
  public static let streams = 16
}
