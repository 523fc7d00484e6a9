import TwinValues

/// How a verb ended, for scripts. The numbers are documented in docs/cli.md: never change one.
public enum ExitCode: Int32, Sendable {
  /// Done.
  case success = 0
  /// Failed for a reason without a number of its own.
  case failed = 1
  /// The words of the command make no sense.
  case usage = 2
  /// A twin, relationship, model, world or file is not there.
  case notFound = 3
  /// Something stands against it: it exists already, it changed meanwhile, a conflict was not resolved.
  case conflict = 4
  /// The data folder is damaged.
  case damaged = 5
  /// The data folder is in use by another process, or may not be written.
  case unavailable = 6
  /// The input is not valid: a file, a model, a value, a query.
  case invalid = 7
}

extension ExitCode {
  /// The name that machines get where an error has no finer code.
  var name: String { "\(self)" }

  /// The number for an error of a lower floor, by its code.
  init(_ code: NuriError.Code) {
    self = Self.byName[code.rawValue] ?? .failed
  }

  private static let byName: [String: ExitCode] = {
    let names: [ExitCode: [String]] = [
      .notFound: [
        "twinNotFound", "relationshipNotFound", "modelNotFound", "worldNotFound", "fileNotFound",
        "fileMissing",
        "noDataFolder", "outOfRange", "keyNotFound", "policyNotFound", "recordNotFound",
      ],
      .conflict: [
        "twinExists", "relationshipExists", "relationshipsNotDeleted", "modelExists", "modelInUse",
        "modelDecommissioned", "preconditionFailed", "worldExists", "conflict", "folderInUse", "fileExists",
        "invalidClock", "forbidden",
      ],
      .damaged: ["corrupt", "undecodableChange", "undecodableCheckpoint", "auditForged"],
      .unavailable: [
        "locked", "readOnly", "diskFull", "ioError", "unavailable", "logStopped", "newerFormat", "fileFailed",
        "networkUnavailable",
      ],
      .invalid: [
        "invalidJSON", "invalidInstant", "invalidId", "invalidValue", "propertyNotDeclared",
        "relationshipNotDeclared", "invalidModel", "invalidQuery", "invalidContinuation", "invalidImport",
        "invalidMapping", "invalidAuditHead", "invalidKeyMaterial", "invalidName", "invalidPatch",
        "limitExceeded", "invalidSetting", "invalidCertificate", "invalidPolicy",
      ],
    ]
    var table: [String: ExitCode] = [:]
    for (exit, codes) in names {
      for code in codes { table[code] = exit }
    }
    return table
  }()
}
