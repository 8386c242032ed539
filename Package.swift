// swift-tools-version: 6.3

import PackageDescription

/// The settings every Swift target shares: the strictest the toolchain has.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("ImmutableWeakCaptures"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

/// The READMEs in folders of a target: for people, and not part of it.
func readmes(_ folders: String...) -> [String] { folders.map { "\($0)/README.md" } }

let package = Package(
    name: "manifold",
    platforms: [.macOS(.v26)],
    products: [.executable(name: "manifold", targets: ["manifold"])],
    targets: [
        // Floor 0: C libraries, one module each, imported by exactly one Swift module.
        .systemLibrary(
            name: "CEvent", path: "Sources/Aggregator/C/CEvent", pkgConfig: "libevent_core",
            providers: [.apt(["libevent-dev"]), .brew(["libevent"])]),
        .systemLibrary(
            name: "CCrypto", path: "Sources/Aggregator/C/CCrypto", pkgConfig: "libcrypto",
            providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
        .systemLibrary(
            name: "CYAML", path: "Sources/Aggregator/C/CYAML", pkgConfig: "yaml-0.1",
            providers: [.apt(["libyaml-dev"]), .brew(["libyaml"])]),
        // Loaded when it is first needed, not linked: hence no `link` and no `pkgConfig`.
        .systemLibrary(
            name: "CCurl", path: "Sources/Aggregator/C/CCurl",
            providers: [.apt(["libcurl4-openssl-dev"]), .brew(["curl"])]),
        .systemLibrary(
            name: "CExpat", path: "Sources/Upstreams/C/CExpat", pkgConfig: "expat",
            providers: [.apt(["libexpat1-dev"]), .brew(["expat"])]),
        .target(name: "CSpawn", path: "Sources/Aggregator/C/CSpawn"),
        // The same, by the process that runs rules.
        .systemLibrary(
            name: "CJQ", path: "Sources/Plugins/C/CJQ",
            providers: [.apt(["libjq-dev"]), .brew(["jq"])]),
        .systemLibrary(
            name: "CSeccomp", path: "Sources/Plugins/C/CSeccomp",
            providers: [.apt(["libseccomp-dev"])]),
        .systemLibrary(
            name: "CPCRE2", path: "Sources/Plugins/C/CPCRE2", pkgConfig: "libpcre2-8",
            providers: [.apt(["libpcre2-dev"]), .brew(["pcre2"])]),

        // Floor 1: bytes and messages; pure.
        .target(
            name: "Wire", path: "Sources/Aggregator/Wire",
            exclude: ["README.md"] + readmes("HTTP", "JSON", "Messages", "SSE", "Tables"),
            swiftSettings: strict),

        // Floor 2: the machine and the domain, which do not know each other.
        .target(
            name: "Machine",
            dependencies: ["Wire", "CEvent", "CCurl", "CCrypto", "CYAML", "CSpawn"],
            path: "Sources/Aggregator/Machine",
            exclude: ["README.md"]
                + readmes(
                    "Children", "HTTP", "HTTPClient", "Loop", "Sealing", "Streams", "System"),
            swiftSettings: strict),
        .target(
            name: "Aggregator", dependencies: ["Wire"], path: "Sources/Aggregator/Core",
            exclude: readmes(
                "Calls", "Catalog", "Configuration", "Configuration/Format",
                "Configuration/Reading", "Hub", "Links", "Plugins", "Recording", "Sessions",
                "Waiting"),
            swiftSettings: strict),

        // Floor 3: what upstreams, a local platform and deployments all need to be let in.
        .target(
            name: "Signing", dependencies: ["Wire", "Machine", "Aggregator", "CExpat"],
            path: "Sources/Upstreams/Signing",
            exclude: ["README.md"] + readmes("AWS", "Credentials", "Identity", "SigV4"),
            swiftSettings: strict),

        // Floor 3: what upstreams and plugins need to speak lines with programs.
        .target(
            name: "Programs", dependencies: ["Wire", "Machine", "Aggregator"],
            path: "Sources/Upstreams/Programs", exclude: ["README.md"], swiftSettings: strict),

        // Floor 3: the process in which rules run, and what is said to it.
        .target(
            name: "Sandbox", dependencies: ["Wire", "Machine", "CJQ", "CSeccomp"],
            path: "Sources/Plugins/Sandbox",
            exclude: ["README.md"] + readmes("Engine"), swiftSettings: strict),

        // Floor 4: the doors, the kinds of upstream and the plugins, which do not know each other.
        .target(
            name: "Fronts", dependencies: ["Wire", "Machine", "Aggregator"],
            path: "Sources/Aggregator/Fronts", exclude: readmes("Bridge", "HTTP"),
            swiftSettings: strict),
        .target(
            name: "Upstreams",
            dependencies: ["Wire", "Machine", "Aggregator", "Signing", "Programs"],
            path: "Sources/Upstreams",
            exclude: ["C", "Signing", "Programs"]
                + readmes("AgentCore", "Bridge", "Gateway", "HTTP", "Relay", "Runtime", "Stdio"),
            swiftSettings: strict),
        .target(
            name: "Plugins",
            dependencies: ["Wire", "Machine", "Aggregator", "CPCRE2", "Sandbox", "Programs"],
            path: "Sources/Plugins",
            exclude: ["C", "Sandbox"] + readmes("BuiltIn", "Content", "JQ", "Executable"),
            swiftSettings: strict),

        .target(
            name: "Emulator", dependencies: ["Wire", "Machine", "Aggregator", "Signing"],
            path: "Sources/Aggregator/Emulator",
            exclude: ["README.md"] + readmes("Entrance", "Runtimes"), swiftSettings: strict),

        // Floor 5: the executable, the only place that knows every kind.
        .executableTarget(
            name: "manifold",
            dependencies: [
                "Wire", "Machine", "Aggregator", "Signing", "Fronts", "Upstreams", "Plugins",
                "Emulator", "Sandbox",
            ],
            path: "Sources/Aggregator/Command",
            exclude: readmes(
                "Client", "Commands", "DropIn", "Recording", "Replaying", "Reports", "Rules",
                "Running", "Setup/Import", "Terminal"),
            swiftSettings: strict),

        // A sample for readers; the demo's and the tests' upstream.
        .executableTarget(
            name: "example-server", dependencies: ["Wire", "Machine"], path: "Examples/Server",
            exclude: ["README.md"] + readmes("Tools"), swiftSettings: strict),

        .testTarget(
            name: "WireTests", dependencies: ["Wire"], path: "Tests/WireTests",
            exclude: readmes("HTTP"), swiftSettings: strict),
        .testTarget(
            name: "MachineTests", dependencies: ["Wire", "Machine"], path: "Tests/MachineTests",
            exclude: readmes("HTTP", "HTTPClient", "Support"), swiftSettings: strict),
        .target(
            name: "TestSupport", dependencies: ["Wire", "Aggregator"], path: "Tests/TestSupport",
            exclude: ["README.md"], swiftSettings: strict),
        .testTarget(
            name: "AggregatorTests",
            dependencies: [
                "Wire", "Machine", "Aggregator", "Signing", "Upstreams", "Plugins", "manifold",
                "TestSupport",
            ],
            path: "Tests/AggregatorTests",
            exclude: readmes(
                "Catalog", "Configuration", "Links", "Plugins", "Recording", "Sessions",
                "Upstreams"),
            swiftSettings: strict),
        .testTarget(
            name: "FrontsTests",
            dependencies: ["Wire", "Machine", "Aggregator", "Fronts", "TestSupport"],
            path: "Tests/FrontsTests", swiftSettings: strict),
        .testTarget(
            name: "BridgeTests", dependencies: ["Wire", "Aggregator", "Upstreams", "TestSupport"],
            path: "Tests/BridgeTests", swiftSettings: strict),
        .testTarget(
            name: "SigningTests",
            dependencies: ["Wire", "Machine", "Aggregator", "Signing", "TestSupport"],
            path: "Tests/SigningTests", exclude: readmes("AWS"), swiftSettings: strict),
        .testTarget(
            name: "EmulatorTests",
            dependencies: [
                "Wire", "Machine", "Aggregator", "Signing", "Upstreams", "Emulator", "TestSupport",
            ],
            path: "Tests/EmulatorTests", swiftSettings: strict),
        .testTarget(
            name: "SandboxTests",
            dependencies: [
                "Wire", "Machine", "Aggregator", "Sandbox", "Plugins", "TestSupport", "manifold",
            ],
            path: "Tests/SandboxTests", exclude: ["README.md"] + readmes("Process"),
            swiftSettings: strict),
        .testTarget(
            name: "CommandTests",
            dependencies: [
                "Wire", "Machine", "Aggregator", "Signing", "Upstreams", "Plugins", "manifold",
            ],
            path: "Tests/CommandTests", exclude: ["README.md"], swiftSettings: strict),
    ]
)

// Fuzzing, for those who ask: `MANIFOLD_FUZZ=mutate` adds a program that feeds mutated lines,
// `MANIFOLD_FUZZ=libfuzzer` one that has to be built with `--sanitize=fuzzer`.
if let wish = Context.environment["MANIFOLD_FUZZ"] {
    let isLibFuzzer = wish == "libfuzzer"
    package.targets += [
        .target(
            name: "Fuzz", dependencies: ["Wire", "Aggregator", "TestSupport"],
            path: "Tests/Fuzz/Oracles", exclude: ["README.md"], swiftSettings: strict),
        .executableTarget(
            name: isLibFuzzer ? "fuzz" : "mutate", dependencies: ["Fuzz"],
            path: isLibFuzzer ? "Tests/Fuzz/LibFuzzer" : "Tests/Fuzz/Mutate",
            swiftSettings: strict),
    ]
}

// The scanner's benchmark, for `make bench`.
if Context.environment["MANIFOLD_BENCHMARKS"] != nil {
    package.targets.append(
        .executableTarget(
            name: "scanner-benchmark", dependencies: ["Wire"], path: "Tests/Benchmarks/Scanner",
            swiftSettings: strict))
}
