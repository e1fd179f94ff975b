// swift-tools-version: 6.2
import PackageDescription

// A package of its own without dependencies, so that measuring needs no build of the hub's packages.
let package = Package(
    name: "LoadGenerator",
    targets: [
        .target(name: "CEpoll"),
        .executableTarget(
            name: "LoadGenerator", dependencies: ["CEpoll"], swiftSettings: [.swiftLanguageMode(.v6)]),
    ]
)
