// swift-tools-version: 6.2
import PackageDescription

/// Fuzzing of everything that reads bytes from outside. `Fuzz/run` builds it with coverage of every room.
let package = Package(
  name: "nuri-fuzz",
  dependencies: [.package(name: "nuri", path: "..")],
  targets: [
    .systemLibrary(name: "CFuzzer"),
    .executableTarget(
      name: "nuri-fuzz", dependencies: ["CFuzzer", .product(name: "NuriRooms", package: "nuri")],
      swiftSettings: [.enableUpcomingFeature("ExistentialAny"), .treatAllWarnings(as: .error)],
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])]),
  ],
  swiftLanguageModes: [.v6]
)
