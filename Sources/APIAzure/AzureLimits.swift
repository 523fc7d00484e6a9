import TwinValues

/// How much one request may ask. Each number is at least that of Azure Digital Twins, where it has one.
public enum AzureLimits {
  /// Longest id of a twin, relationship or event route, in UTF-8 bytes (Azure: 128 characters).
  public static let idBytes = TwinId.maximumBytes
  /// Models in one request (Azure: 250).
  public static let modelsPerRequest = 250
  /// Bytes of a request with models (Azure: 1 MB for each model).
  public static let modelRequestBytes = 32 << 20
  /// Bytes of any other request (Azure: 32 KB).
  public static let requestBytes = 1 << 20
  /// Steps in one JSON Patch.
  public static let patchSteps = 1_000
  /// Models that one listing may ask the dependencies of.
  public static let dependenciesFor = 250
  /// Longest id of a telemetry message, in UTF-8 bytes.
  public static let messageIdBytes = 256
  /// Models or event routes in one page, when the caller does not say (Azure: 100).
  public static let defaultPageItems = 100
  /// Relationships in one page, when the caller does not say.
  public static let defaultPageRelationships = 1_000
  /// Most items in one page; a caller who asks for more gets so many.
  public static let pageItems = 1_000
  /// Minutes that a deletion job may be given.
  public static let deletionMinutes: ClosedRange<Int64> = 15...1440
  /// Minutes that a deletion job has when nobody says.
  public static let standardDeletionMinutes: Int64 = 720
  /// Operations in one batch of a deletion job.
  public static let deletionBatch = 4_000
  /// Seconds after which to ask again for a job while another is at work.
  public static let jobRetrySeconds = 1
  /// Times a deletion job goes over a world in which others write.
  public static let deletionPasses = 20
}
