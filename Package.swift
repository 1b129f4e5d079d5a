// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// For what runs seldom: small code rather than quick code.
let small: [SwiftSetting] = [.unsafeFlags(["-Osize"], .when(configuration: .release))]

/// Keeps the standard library's regular expressions out, 1.3 MB: they come with every `contains` of a text.
let frugal: [SwiftSetting] = [
    .unsafeFlags(["-Xfrontend", "-disable-implicit-string-processing-module-import"])
]

/// A stage or library of credwatch.
func module(
    _ name: String, _ dependencies: [Target.Dependency] = [], settings: [SwiftSetting] = []
) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict + frugal + settings)
}

/// The tests of one module, with the shared Support.
func tests(
    _ name: String, _ dependencies: [Target.Dependency] = [], linking: [LinkerSetting] = []
) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: [.target(name: name), "Support"] + (name == "Model" ? [] : ["Model"])
            + dependencies,
        swiftSettings: strict, linkerSettings: linking)
}

/// Links the daemon small and quick to start: the toolchain's own linker, packed relocations (glibc 2.36
/// and later), no symbols exported to libraries, identical functions folded where that is safe, the
/// unwinder within.
let lean: [LinkerSetting] = [
    .unsafeFlags(
        [
            "-use-ld=lld", "-Xlinker", "-z", "-Xlinker", "pack-relative-relocs",
            "-Xlinker", "--no-export-dynamic", "-Xclang-linker", "-static-libgcc", "-Xlinker",
            "--icf=safe", "-Xlinker", "--as-needed",
        ], .when(configuration: .release))
]

let package = Package(
    name: "credwatch",
    products: [
        .executable(name: "credwatch", targets: ["credwatch"]),
        .executable(name: "credwatch-sandbox", targets: ["credwatch-sandbox"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
    ],
    targets: [
        // Loaded at run time, so that only its headers are asked for here.
        .systemLibrary(name: "CSystemd", providers: [.apt(["libsystemd-dev"])]),
        .systemLibrary(
            name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CClock"),
        .systemLibrary(name: "CDescriptors"),
        .systemLibrary(name: "CYaml", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CLinux"),

        // Values, and libraries without a place in the flow.
        module("Model"),
        module("Signing", ["Model", "CCrypto"]),
        module("HTTP", ["CClock", "CCurl", "Model", "Signing"]),
        module("Answers", ["Model"]),
        // Where a test build may be told to die.
        module("Faults"),
        module("EventLoops", ["CClock", "CLinux", "Model"]),
        module("Linting", ["Model"]),
        // The services of this machine.
        module("SystemBus", ["Model", "CSystemd"], settings: small),
        module("Processes", ["CClock", "CLinux", "EventLoops", "Model"], settings: small),

        // The stages: each imports Model, and libraries, but no other stage.
        module("Configuring", ["Model", "CYaml"], settings: small),
        module("Scheduling", ["CClock", "Model"]),
        module(
            "Resolving",
            ["Answers", "CClock", "CLinux", "Linting", "Model", "Signing", "SystemBus"]),
        module("Probing", ["Model", "Signing", "HTTP", "Answers"]),
        module(
            "Obtaining", ["CLinux", "Model", "Signing", "HTTP", "Answers", "Processes"],
            settings: small),
        module("Diagnosing", ["Model", "Linting"]),
        module("Tracking", ["Model"]),
        module("FailingOver", ["Model", "Processes"], settings: small),
        module("Reporting", ["CClock", "CLinux", "CSystemd", "Model", "Signing"]),
        module("Serving", ["Model"], settings: small),
        module("Rotating", ["Model"], settings: small),
        module("Switching", ["CClock", "CLinux", "Faults", "Model"], settings: small),

        // The wiring and the command.
        module(
            "Daemon",
            [
                "CLinux", "Model", "Answers", "EventLoops", "HTTP", "Linting", "Configuring",
                "Scheduling", "Resolving", "Obtaining", "Probing", "Diagnosing", "Tracking",
                "FailingOver", "Faults", "Reporting", "Rotating", "Serving", "Signing", "Switching",
                "SystemBus",
            ]),
        .executableTarget(
            name: "credwatch",
            dependencies: [
                "Model", "EventLoops", "Configuring", "Scheduling", "Reporting", "Daemon",
                "Rotating",
                "EssentialsStandIn",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict + frugal + small, linkerSettings: lean),

        // What the argument parser refers to of FoundationEssentials, without the rest of it.
        .target(
            name: "EssentialsStandIn",
            swiftSettings: strict + [
                .unsafeFlags(
                    ["-module-abi-name", "FoundationEssentials"],
                    .when(configuration: .release))
            ]),

        // An AWS for the demo and the tests; no part of the daemon.
        module("Sandbox", ["Answers", "CClock", "CCrypto", "CDescriptors", "Model"]),
        .executableTarget(
            name: "credwatch-sandbox",
            dependencies: [
                "Model", "Sandbox",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        // Tests.
        .target(
            name: "Support", dependencies: ["Model", "CCrypto", "CDescriptors", "CSystemd"],
            path: "Tests/Support",
            // It plays systemd on a bus of its own, so it calls its library itself.
            swiftSettings: strict, linkerSettings: [.linkedLibrary("systemd")]),
        tests("Model"),
        tests("Configuring"),
        tests("Scheduling"),
        tests("SystemBus"),
        tests("Resolving", ["SystemBus"]),
        tests("Signing"),
        tests("EventLoops", ["CLinux"]),
        tests("Processes"),
        tests("HTTP", ["CCurl"]),
        tests("Answers"),
        tests("Faults"),
        tests("Linting"),
        tests("Obtaining", ["Answers", "CLinux", "HTTP", "Processes", "Sandbox"]),
        tests("Probing", ["Answers", "HTTP", "Signing"]),
        tests("Diagnosing", ["Linting"]),
        tests("Tracking"),
        tests("FailingOver"),
        tests("Reporting", ["CSystemd"]),
        tests("Serving"),
        tests("Rotating"),
        tests("Switching", ["CLinux", "credwatch-switch"]),
        .executableTarget(
            name: "credwatch-switch", dependencies: ["Model", "Switching"], path: "Tests/Switcher",
            exclude: ["race", "reread"],
            swiftSettings: strict),
        tests(
            "Daemon",
            [
                "Diagnosing", "HTTP", "Obtaining", "Probing", "Resolving", "Sandbox", "Scheduling",
                "Serving", "Signing", "Switching", "SystemBus", "Tracking",
            ]),
        tests("Sandbox", ["credwatch-sandbox"]),
        // Judges cases that stand elsewhere: see `make conformance`.
        .testTarget(
            name: "ConformanceTests", dependencies: ["Answers", "Model", "Resolving", "Signing"],
            swiftSettings: strict),
        .testTarget(
            name: "CaseTests",
            dependencies: [
                "Answers", "Daemon", "Diagnosing", "HTTP", "Model", "Obtaining", "Probing",
                "Reporting", "Resolving", "Scheduling", "Support",
            ],
            swiftSettings: strict),
        // What `make fuzz` drives; the tests replay its seeds.
        .target(
            name: "FuzzTargets",
            dependencies: [
                "Answers", "Configuring", "Daemon", "Diagnosing", "FailingOver", "HTTP", "Model",
                "Obtaining", "Processes", "Reporting", "Resolving", "Rotating", "Serving",
                "Switching",
            ],
            path: "Tests/Fuzz/Targets", swiftSettings: strict),
        .executableTarget(
            name: "credwatch-fuzz", dependencies: ["FuzzTargets"], path: "Tests/Fuzz/Runner",
            swiftSettings: strict),
        .testTarget(
            name: "FuzzTests", dependencies: ["FuzzTargets"], swiftSettings: strict),
        .testTarget(
            name: "SystemTests",
            dependencies: [
                "EventLoops", "Model", "Reporting", "Sandbox", "Support", "credwatch",
                "credwatch-sandbox",
            ],
            swiftSettings: strict),
    ]
)
