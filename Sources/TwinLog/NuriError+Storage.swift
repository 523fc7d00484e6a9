public import TwinValues

extension NuriError.Code {
  /// The file system or a quota has no space left. What was stored before is intact.
  public static let diskFull = Self("diskFull")
  /// The folder may not be written: read-only file system or missing permission.
  public static let readOnly = Self("readOnly")
  /// Another process, or another part of this one, holds the folder's lock.
  public static let locked = Self("locked")
  /// Stored bytes are damaged: a checksum, a link or a bound does not hold.
  public static let corrupt = Self("corrupt")
  /// The file was written by a newer version of this program.
  public static let newerFormat = Self("newerFormat")
  /// The operating system reported an input/output error.
  public static let ioError = Self("ioError")
  /// A file or folder that should be there is not.
  public static let fileMissing = Self("fileMissing")
  /// A file or folder is in the way of a new one.
  public static let fileExists = Self("fileExists")
  /// The log takes no more writes: it was closed, or an earlier write or sync failed.
  public static let logStopped = Self("logStopped")
  /// An append does not follow the last one: sequence not contiguous, or recorded time going back.
  public static let outOfOrder = Self("outOfOrder")
}

extension NuriError {
  /// Damage at a byte of a file.
  static func corrupt(_ message: String, _ path: String, _ offset: UInt64) -> NuriError {
    NuriError(
      .corrupt, message, at: "\(path), byte \(offset)",
      advice: "Run verify to list all damage, then restore from a backup.")
  }
}
