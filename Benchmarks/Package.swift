// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "nuri-benchmarks",
  dependencies: [.package(name: "nuri", path: "..")],
  targets: [
    .executableTarget(
      name: "nuri-bench", dependencies: [.product(name: "NuriRooms", package: "nuri")],
      swiftSettings: [.unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))])
  ],
  swiftLanguageModes: [.v6]
)
