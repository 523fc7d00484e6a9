// swift-tools-version: 6.2
import PackageDescription

/// Settings every room shares: no implicit existentials, imports stay internal, warnings stop the build.
let house: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

/// Hot rooms also drop dynamic exclusivity checks in release: they cost more there than reference counts.
let hot: [SwiftSetting] =
  house + [.unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))]

/// Tests see members of every room their imports lead to.
let proof: [SwiftSetting] = [.enableUpcomingFeature("ExistentialAny"), .treatAllWarnings(as: .error)]

let package = Package(
  name: "nuri",
  products: [
    .executable(name: "nuri", targets: ["nuri"]),
    .library(name: "TwinNet", targets: ["TwinNet"]),
    .library(
      name: "NuriRooms",
      targets: [
        "TwinValues", "TwinModels", "TwinLog", "TwinGraph", "TwinQuery", "TwinEngine", "TwinExchange",
        "TwinNet", "TwinIdentity", "TwinClients", "APIAzure", "APINative", "TwinEvents", "TwinTiles",
        "TwinServer",
      ]),
  ],
  targets: [
    // Floor 0: system libraries and thin shims.
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .target(name: "CNuri", cSettings: [.unsafeFlags(["-O2"])]),
    .systemLibrary(name: "CHTTPParser", providers: [.apt(["libhttp-parser-dev"])]),
    .systemLibrary(name: "CNghttp2", pkgConfig: "libnghttp2", providers: [.apt(["libnghttp2-dev"])]),
    .systemLibrary(name: "COpenSSL", pkgConfig: "libssl", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CWslay", providers: [.apt(["libwslay-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CMosquitto", pkgConfig: "libmosquitto", providers: [.apt(["libmosquitto-dev"])]),
    .target(name: "CCurl", cSettings: [.unsafeFlags(["-O2"])], linkerSettings: [.linkedLibrary("curl")]),
    .target(name: "CNet", cSettings: [.unsafeFlags(["-O2"])]),
    // Floor 1: words.
    .target(name: "TwinValues", dependencies: ["CNuri"], swiftSettings: hot),
    // Floor 2: models, bytes on disk.
    .target(name: "TwinModels", dependencies: ["TwinValues"], swiftSettings: house),
    .target(name: "TwinLog", dependencies: ["TwinValues", "CNuri", "CZstd"], swiftSettings: hot),
    .target(
      name: "TwinNet",
      dependencies: [
        "TwinValues", "CNet", "CHTTPParser", "CNghttp2", "COpenSSL", "CWslay", "CZlib", "CZstd",
      ], swiftSettings: hot),
    .target(
      name: "TwinIdentity", dependencies: ["TwinValues", "COpenSSL"], swiftSettings: house),
    .target(
      name: "TwinClients", dependencies: ["TwinValues", "CCurl", "CMosquitto"], swiftSettings: house),
    // Floor 3: pure state.
    .target(name: "TwinGraph", dependencies: ["TwinValues", "TwinModels", "CNuri"], swiftSettings: hot),
    // Floor 4: questions.
    .target(
      name: "TwinQuery", dependencies: ["TwinValues", "TwinModels", "TwinGraph"], swiftSettings: hot),
    // Floor 5: the hall, the only writer.
    .target(
      name: "TwinEngine",
      dependencies: ["TwinValues", "TwinModels", "TwinLog", "TwinIdentity", "TwinGraph", "TwinQuery"],
      swiftSettings: hot),
    // Floor 6: wings.
    .target(
      name: "TwinExchange",
      dependencies: ["TwinValues", "TwinModels", "TwinGraph", "TwinEngine", "CZstd"],
      swiftSettings: hot),
    .target(
      name: "TwinTiles",
      dependencies: ["TwinValues", "TwinModels", "TwinIdentity", "TwinGraph", "TwinEngine"],
      swiftSettings: hot),
    .target(
      name: "APIAzure",
      dependencies: ["TwinValues", "TwinModels", "TwinGraph", "TwinQuery", "TwinEngine"],
      swiftSettings: house),
    .target(
      name: "APINative",
      dependencies: [
        "TwinValues", "TwinModels", "TwinNet", "TwinLog", "TwinGraph", "TwinQuery", "TwinEngine",
      ],
      swiftSettings: house),
    .target(
      name: "TwinEvents",
      dependencies: [
        "TwinValues", "TwinLog", "TwinClients", "TwinIdentity", "TwinGraph", "TwinEngine",
      ],
      swiftSettings: house),
    // Floor 7: the server.
    .target(
      name: "TwinServer",
      dependencies: [
        "TwinValues", "TwinNet", "TwinIdentity", "TwinClients", "TwinLog", "TwinGraph", "TwinEngine",
        "TwinExchange", "APIAzure", "APINative", "TwinEvents", "TwinTiles",
      ], swiftSettings: house),
    // Floor 8 and 9: the command line.
    .target(
      name: "NuriCommands",
      dependencies: [
        "TwinValues", "TwinModels", "TwinLog", "TwinGraph", "TwinQuery", "TwinEngine",
        "TwinExchange", "TwinTiles", "TwinIdentity", "TwinServer",
      ], swiftSettings: house),
    .executableTarget(name: "nuri", dependencies: ["NuriCommands"], swiftSettings: house),
    // Test support: a simulated disk and clock, driven by a seed.
    .target(name: "TwinStorm", dependencies: ["TwinValues", "TwinLog"], swiftSettings: house),
    .testTarget(
      name: "TwinValuesTests", dependencies: ["TwinValues", "TwinStorm"], swiftSettings: proof),
    .testTarget(
      name: "TwinModelsTests", dependencies: ["TwinModels", "TwinValues"], swiftSettings: proof),
    .testTarget(
      name: "TwinLogTests", dependencies: ["TwinLog", "TwinStorm", "TwinValues", "ProofServers"],
      swiftSettings: proof),
    .testTarget(
      name: "TwinNetTests", dependencies: ["TwinNet", "TwinValues", "CHTTPParser", "ProofServers"],
      swiftSettings: proof),
    .testTarget(
      name: "TwinGraphTests", dependencies: ["TwinGraph", "TwinModels", "TwinStorm", "TwinValues"],
      swiftSettings: proof),
    .testTarget(
      name: "TwinQueryTests", dependencies: ["TwinQuery", "TwinGraph", "TwinModels", "TwinValues"],
      swiftSettings: proof),
    // Test support: the process that `KillTests` kills.
    .executableTarget(
      name: "kill-writer", dependencies: ["TwinEngine", "TwinLog", "TwinGraph", "TwinValues"],
      path: "Tests/KillWriter", swiftSettings: proof),
    .testTarget(
      name: "TwinEngineTests",
      dependencies: [
        "kill-writer",
        "TwinEngine", "TwinIdentity", "TwinStorm", "TwinLog", "TwinGraph", "TwinQuery", "TwinModels",
        "TwinValues",
      ], swiftSettings: proof),
    .testTarget(
      name: "TwinExchangeTests",
      dependencies: [
        "TwinExchange", "TwinEngine", "TwinGraph", "TwinModels", "TwinStorm", "TwinLog", "TwinValues",
        "ProofServers",
      ],
      swiftSettings: proof),
    .testTarget(
      name: "APIAzureTests",
      dependencies: [
        "APIAzure", "TwinEngine", "TwinGraph", "TwinStorm", "TwinLog", "TwinQuery", "TwinModels",
        "TwinValues",
      ], swiftSettings: proof),
    .testTarget(
      name: "NuriCommandsTests",
      dependencies: ["NuriCommands", "nuri", "TwinEngine", "TwinLog", "TwinValues"], swiftSettings: proof),
    .testTarget(
      name: "TwinIdentityTests", dependencies: ["TwinIdentity", "TwinStorm", "TwinValues"],
      swiftSettings: proof),
    // Test support: servers of others, started for a test.
    .target(
      name: "ProofServers", dependencies: ["TwinValues"], path: "Tests/Servers", exclude: ["receiver.py"],
      swiftSettings: proof),
    .testTarget(
      name: "TwinClientsTests", dependencies: ["TwinClients", "TwinValues", "ProofServers"],
      swiftSettings: proof),
    .testTarget(
      name: "APINativeTests",
      dependencies: [
        "APINative", "TwinNet", "TwinEngine", "TwinGraph", "TwinStorm", "TwinLog", "TwinQuery", "TwinValues",
        "ProofServers",
      ], swiftSettings: proof),
    // Test support: the process that `EventKillTests` kills.
    .executableTarget(
      name: "kill-events",
      dependencies: ["TwinEvents", "TwinClients", "TwinEngine", "TwinGraph", "TwinLog", "TwinValues"],
      path: "Tests/KillEvents", swiftSettings: proof),
    .testTarget(
      name: "TwinEventsTests",
      dependencies: [
        "kill-events",
        "TwinEvents", "TwinClients", "TwinIdentity", "TwinEngine", "TwinGraph", "TwinStorm", "TwinLog",
        "TwinValues", "ProofServers",
      ], exclude: ["read_events.py", "cloudevents"], swiftSettings: proof),
    .testTarget(
      name: "TwinTilesTests",
      dependencies: [
        "TwinTiles", "TwinEngine", "TwinGraph", "TwinStorm", "TwinLog", "TwinModels", "TwinValues",
      ], swiftSettings: proof),
    .testTarget(
      name: "TwinServerTests",
      dependencies: [
        "nuri", "TwinServer", "TwinNet", "TwinIdentity", "TwinEngine", "TwinGraph", "TwinStorm", "TwinLog",
        "TwinValues", "TwinClients", "TwinEvents", "ProofServers",
      ], swiftSettings: proof),
    .testTarget(name: "ArchitectureTests", swiftSettings: proof),
  ],
  swiftLanguageModes: [.v6]
)
