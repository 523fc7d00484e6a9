import Glibc

/// Measures one row; `Benchmarks/run` calls it once for each, so that no row inherits another's memory.
@main
enum Main {
  static func main() async {
    do {
      let options = try Options(Array(CommandLine.arguments.dropFirst()))
      if options.row == "policies" { return try await Policies(options).measure() }
      if options.row == "singles" { try await Singles(options).tasks() }
      guard let row = rows[options.row] else { throw Stop("unknown row \(options.row)") }
      try row(options)
    } catch {
      note("nuri-bench: \(error)")
      exit(1)
    }
  }

  private static let rows: [String: @Sendable (Options) throws -> Void] = [
    "prepare": { try Prepare($0).measure() },
    "memory": { try MemoryRow.measure($0) },
    "updates": { try Updates($0).nuri() },
    "updates-rocksdb": { try Updates($0).rocksdb() },
    "updates-sqlite": { try Updates($0).sqlite() },
    "singles": { try Singles($0).threads() },
    "singles-rocksdb": { try Singles($0).rocksdb() },
    "singles-sqlite": { try Singles($0).sqlite() },
    "forks": { try Forks($0).values() },
    "forks-engine": { try Forks($0).engine() },
    "slowdown": { try Slowdown($0).measure() },
    "rewind": { try Rewind($0).measure() },
    "queries": { try Queries($0).measure() },
    "import": { try ImportRow.measure($0) },
    "start-prepare": { try Start($0).prepare() },
    "start": { try Start($0).measure() },
    "kernel": { try Kernel($0).run() },
  ]
}
