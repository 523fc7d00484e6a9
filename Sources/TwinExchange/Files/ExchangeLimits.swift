public import TwinValues

/// Bounds on files that come from outside.
public enum ExchangeLimits {
  /// Longest line of an NDJSON file, in bytes.
  public static let lineBytes = 32 << 20
  /// Longest row of a CSV file, in bytes.
  public static let rowBytes = 4 << 20
  /// Largest GeoJSON or CityJSON file (it is read whole), in bytes.
  public static let geoJSONBytes = 512 << 20
  /// Most bytes of models one file may bring.
  public static let modelBytes = 64 << 20
  /// CityJSON geometries of this level of detail and more are passed over.
  public static let cityDetail = 3.0
  /// Most columns of a CSV file.
  public static let columns = 4096
  /// Operations in one atomic batch, unless asked otherwise.
  public static let batchOperations = 8000
  /// Bytes of records in one atomic batch, whatever their number.
  static let batchBytes = 8 << 20
  /// Batches parsed ahead of the one being committed.
  static let batchesAhead = 8
  /// Bytes read at a time.
  static let blockBytes = 1 << 20
}

extension NuriError.Code {
  /// A file of the user's that is not there or can't be opened.
  public static let fileNotFound = Self("fileNotFound")
  /// Reading or writing a file failed.
  public static let fileFailed = Self("fileFailed")
  /// A file that is not in the format it should be in.
  public static let invalidImport = Self("invalidImport")
  /// A mapping file that does not say what it should.
  public static let invalidMapping = Self("invalidMapping")
}
