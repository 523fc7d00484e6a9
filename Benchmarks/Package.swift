// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that the product itself needs neither RocksDB nor SQLite. Run it with ./run.
let package = Package(
  name: "nuri-benchmarks",
  dependencies: [.package(name: "nuri", path: "..")],
  targets: [
    .systemLibrary(name: "CRocksDB", providers: [.apt(["librocksdb-dev"])]),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CMalloc"),
    .executableTarget(
      name: "nuri-bench",
      dependencies: [.product(name: "NuriRooms", package: "nuri"), "CRocksDB", "CSQLite", "CMalloc"],
      swiftSettings: [
        .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"),
        .treatAllWarnings(as: .error),
        .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
      ]),
  ],
  swiftLanguageModes: [.v6]
)
