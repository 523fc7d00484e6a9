// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "nuri-net-benchmarks",
  dependencies: [.package(name: "nuri", path: "../../..")],
  targets: [
    .executableTarget(
      name: "net-bench", dependencies: [.product(name: "TwinNet", package: "nuri")],
      swiftSettings: [.unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))]),
    .executableTarget(
      name: "feed-bench", dependencies: [.product(name: "NuriRooms", package: "nuri")],
      swiftSettings: [.unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))]),
    .executableTarget(
      name: "feed-readers", cSettings: [.unsafeFlags(["-O2"])], linkerSettings: [.linkedLibrary("ssl")]),
    .executableTarget(name: "bare-epoll", cSettings: [.unsafeFlags(["-O2"])]),
  ],
  swiftLanguageModes: [.v6]
)
