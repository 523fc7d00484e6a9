import Glibc

/// Runs a command line and returns what it printed, and its exit status.
func shell(_ command: String) -> (output: String, status: Int32) {
  guard let pipe = popen("timeout 10 bash -c '\(command)' 2>&1 </dev/null", "r") else { return ("", -1) }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 65536)
  while true {
    let count = fread(&buffer, 1, buffer.count, pipe)
    if count == 0 { break }
    bytes += buffer.prefix(count)
  }
  let status = pclose(pipe)
  return (String(decoding: bytes, as: UTF8.self), status >> 8)
}
