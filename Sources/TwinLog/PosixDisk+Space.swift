#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension PosixDisk {
  /// Bytes that this process could still write under a path; `nil` when the system does not say.
  public static func freeBytes(at path: String) -> Int? {
    var figures = statvfs()
    guard statvfs(path, &figures) == 0 else { return nil }
    let (bytes, isTooMany) = Int(figures.f_bavail).multipliedReportingOverflow(by: Int(figures.f_frsize))
    return isTooMany ? .max : bytes
  }
}
