import CMalloc
import Glibc
import TwinLog

/// Seconds on a clock that only goes forward.
func seconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// Seconds of processor time this process has used.
func processorSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// How long `body` takes, in seconds.
func timed(_ body: () throws -> Void) rethrows -> Double {
  let start = seconds()
  try body()
  return seconds() - start
}

/// Bytes of this process that are in memory now, whatever they are for.
func residentBytes() throws -> Int {
  guard let file = fopen("/proc/self/statm", "r") else { throw Stop("no /proc/self/statm") }
  defer { fclose(file) }
  var line = [CChar](repeating: 0, count: 256)
  guard fgets(&line, 256, file) != nil else { throw Stop("/proc/self/statm is empty") }
  let fields = String(decoding: line.map { UInt8(bitPattern: $0) }, as: UTF8.self).split(separator: " ")
  guard fields.count > 1, let pages = Int(fields[1]) else { throw Stop("/proc/self/statm has changed") }
  return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
}

/// Bytes handed out by malloc and not given back.
func allocatedBytes() -> Int {
  let info = mallinfo2()
  return info.uordblks + info.hblkhd
}

/// The sizes of all files below a folder, in bytes as stored on disk.
func storedBytes(below path: String, suffix: String = "") -> Int {
  guard let folder = opendir(path) else { return 0 }
  defer { closedir(folder) }
  var total = 0
  while let entry = readdir(folder) {
    let name = withUnsafeBytes(of: entry.pointee.d_name) { raw in
      String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
    }
    if name == "." || name == ".." { continue }
    var status = stat()
    guard lstat("\(path)/\(name)", &status) == 0 else { continue }
    if status.st_mode & S_IFMT == S_IFDIR {
      total += storedBytes(below: "\(path)/\(name)", suffix: suffix)
    } else if name.hasSuffix(suffix) {
      total += Int(status.st_blocks) * 512
    }
  }
  return total
}

/// Removes a folder and everything in it, when it is there.
func removeFolder(_ path: String) throws {
  var status = stat()
  if lstat(path, &status) == 0 { try PosixDisk().removeTree(path) }
}

/// Why a benchmark could not go on.
struct Stop: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// Prints one sample; `report.py` gathers samples of the same group, case and subject.
func emit(_ group: String, _ name: String, _ subject: String, _ value: Double, _ unit: String) {
  put("figure\t\(group)\t\(name)\t\(subject)\t\(unit)\t\(value)\n", to: STDOUT_FILENO)
}

/// Prints a remark to the error stream, so that it stays out of the figures.
func note(_ text: String) { put("  \(text)\n", to: STDERR_FILENO) }

private func put(_ line: String, to file: Int32) {
  var line = line
  line.withUTF8 { _ = write(file, $0.baseAddress, $0.count) }
}

/// Xorshift: the same numbers for every subject and every run.
struct Random {
  private var state: UInt64

  /// Every seed has numbers of its own: a store that is given the same values again may skip writing them.
  init(_ seed: UInt64) { state = 0x9e37_79b9_7f4a_7c15 &* (seed &+ 1) }

  mutating func next(below bound: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(state % UInt64(bound))
  }
}
