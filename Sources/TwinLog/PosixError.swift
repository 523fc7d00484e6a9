import Glibc
import TwinValues

/// Turns an `errno` into an error a person can act on.
func posixError(_ number: Int32, _ action: String, _ path: String) -> NuriError {
  let reason = String(cString: strerror(number))
  let message = "Cannot \(action): \(reason)."
  switch number {
  case ENOSPC, EDQUOT:
    return NuriError(
      .diskFull, message, at: path, advice: "Free some space, or move the data folder to a larger disk.")
  case EROFS:
    return NuriError(
      .readOnly, message, at: path, advice: "Mount the file system for writing, or choose another folder.")
  case EACCES, EPERM:
    return NuriError(
      .readOnly, message, at: path, advice: "Give the user that runs this program access to the path.")
  case ENOENT, ENOTDIR:
    return NuriError(.fileMissing, message, at: path, advice: "Check the path.")
  case EEXIST, ENOTEMPTY:
    return NuriError(.fileExists, message, at: path, advice: "Choose another path, or move what is there.")
  case EMFILE, ENFILE:
    return NuriError(.ioError, message, at: path, advice: "Raise the limit of open files (ulimit -n).")
  default:
    return NuriError(.ioError, message, at: path, advice: "Check the disk and the system's log.")
  }
}

/// Repeats a system call that a signal interrupted; returns its result, or the negative `errno`.
func posixResult(_ call: () -> Int) -> Int {
  while true {
    let result = call()
    if result >= 0 { return result }
    let number = errno
    if number != EINTR { return -Int(number) }
  }
}

/// Repeats a system call that a signal interrupted; returns its result, or throws.
@discardableResult
func posix(_ action: String, _ path: String, _ call: () -> Int) throws(NuriError) -> Int {
  let result = posixResult(call)
  if result < 0 { throw posixError(Int32(-result), action, path) }
  return result
}
