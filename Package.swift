// swift-tools-version: 6.2
import PackageDescription

/// What every target of ours is compiled with; warnings are errors here, not in dependencies.
let house: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

/// The house, from the roof down. Imports point down this list, never up (Tests/HouseTests).
let package = Package(
  name: "repro",
  products: [
    .executable(name: "repro", targets: ["repro"]),
    .library(name: "Pipelines", targets: ["Pipelines"]),
    .library(name: "Store", targets: ["Store"]),
    .library(name: "NoisyLabels", targets: ["NoisyLabels"]),
    .library(name: "Learning", targets: ["Learning"]),
    .library(name: "Tensors", targets: ["Tensors"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
  ],
  targets: [
    .executableTarget(
      name: "repro",
      dependencies: [
        "Stages", "Reports", "Engine", "Pipelines", "Store", "Documents", argumentParser,
      ],
      swiftSettings: house),
    .target(
      name: "Stages",
      dependencies: [
        "Engine", "Pipelines", "Store", "NoisyLabels", "Learning", "Tensors", "Documents",
        subprocess,
      ],
      swiftSettings: house),
    .target(
      name: "Reports", dependencies: ["Engine", "Pipelines", "Store", "Learning", "Documents"],
      // Its tests look at the parts of a page, in release builds too.
      swiftSettings: house + [.unsafeFlags(["-enable-testing"])]),
    .target(
      name: "Engine", dependencies: ["Pipelines", "Store", "Documents", subprocess, systemPackage],
      swiftSettings: house),
    .target(name: "Pipelines", dependencies: ["Documents", yams], swiftSettings: house),
    .target(
      name: "Store", dependencies: ["Documents", "CXXHash", "CCrypto", grdb, sqlite],
      swiftSettings: house),
    .target(name: "NoisyLabels", dependencies: ["Learning", "Tensors"], swiftSettings: house),
    .target(
      name: "Learning", dependencies: ["Tensors", "Documents", "CZlib"], swiftSettings: house),
    .target(name: "Tensors", dependencies: ["CKernels", "CXXHash"], swiftSettings: house),
    .target(name: "Documents", swiftSettings: house),
    .target(name: "CKernels"),
    .target(name: "CXXHash"),
    .executableTarget(
      name: "arithmetic-benchmark", dependencies: ["Learning", "Tensors"],
      path: "benchmarks/arithmetic",
      exclude: ["RESULTS.md", "peak.c", "repdl_peer.py", "run", "torch_peer.py"],
      swiftSettings: house),
    .executableTarget(
      name: "lenet-mnist", dependencies: ["Learning", "Tensors"], path: "examples/lenet-mnist",
      swiftSettings: house),
    .executableTarget(
      name: "learned-weights", dependencies: ["Tensors"], path: "examples/learned-weights",
      swiftSettings: house),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),

    .testTarget(
      name: "DocumentsTests", dependencies: ["Documents", "Corpus"], swiftSettings: house),
    .target(name: "KernelChecks", dependencies: ["CKernels"], path: "Tests/KernelChecks"),
    .testTarget(
      name: "CKernelsTests", dependencies: ["CKernels", "KernelChecks"], exclude: ["Golden"],
      swiftSettings: house),
    .testTarget(
      name: "TensorsTests", dependencies: ["Tensors"], exclude: ["Golden"], swiftSettings: house),
    .testTarget(
      name: "LearningTests", dependencies: ["Learning", "Tensors", "Documents"],
      exclude: ["Fixtures", "Golden"],
      swiftSettings: house),
    .testTarget(
      name: "NoisyLabelsTests",
      dependencies: ["NoisyLabels", "Learning", "Tensors", "Documents", "Corpus"],
      exclude: ["Golden"],
      swiftSettings: house),
    .executableTarget(
      name: "store-exercise", dependencies: ["Store"], path: "Tests/StoreExercise",
      swiftSettings: house),
    .testTarget(
      name: "StoreTests", dependencies: ["Store", "Documents", "Corpus", "store-exercise"],
      exclude: ["Faults"], swiftSettings: house),
    .target(name: "Corpus", path: "Tests/Corpus", swiftSettings: house),
    .testTarget(
      name: "PipelinesTests", dependencies: ["Pipelines", "Documents", "Corpus"],
      exclude: ["Golden"],
      swiftSettings: house),
    .testTarget(
      name: "EngineTests",
      dependencies: ["Engine", "Pipelines", "Store", "Documents", "Corpus"],
      swiftSettings: house),
    .testTarget(
      name: "StagesTests",
      dependencies: [
        "Stages", "Engine", "Pipelines", "Store", "Learning", "Documents", "Corpus",
      ],
      swiftSettings: house),
    .testTarget(
      name: "ReportsTests",
      dependencies: [
        "Reports", "Engine", "Pipelines", "Store", "Learning", "Documents", "Corpus",
      ],
      swiftSettings: house),
    .testTarget(name: "HouseTests", swiftSettings: house),
    .testTarget(
      name: "EndToEnd",
      dependencies: ["repro", "Store", "Documents", "Corpus", grdb, subprocess, systemPackage],
      exclude: ["Golden", "anywhere.sh"],
      swiftSettings: house),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c17
)

// The arithmetic and its tests alone: for builds beside the usual one, debug and sanitized (Makefile).
if Context.environment["REPRO_ARITHMETIC_ONLY"] != nil {
  let arithmetic = [
    "CKernels", "CXXHash", "CZlib", "Documents", "Tensors", "Learning", "KernelChecks",
    "CKernelsTests", "TensorsTests", "LearningTests",
  ]
  package.products = []
  package.targets.removeAll { !arithmetic.contains($0.name) }
}
