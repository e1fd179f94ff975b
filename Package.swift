// swift-tools-version: 6.2
import PackageDescription

// The rooms of Martlet and what each may touch. docs/ARCHITECTURE.md has the same table in words, and
// scripts/check-rooms holds the two against each other.

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

func room(
    _ name: String, path: String? = nil, pages: [String] = [], _ dependencies: [Target.Dependency] = []
) -> Target {
    .target(name: name, dependencies: dependencies, path: path, exclude: pages, swiftSettings: settings)
}

/// A solution of the hub itself: a folder in Sources/Solutions, with what the documents say of it beside the sources.
func solution(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    room(
        name, path: "Sources/Solutions/\(name)", pages: ["README.md", "access-matrix.md", "limits.md"], dependencies)
}

func program(_ name: String, path: String? = nil, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, path: path, swiftSettings: settings)
}

// What tests look at is optimised; the tests themselves, run once each, would take longer to optimise than to run.
let testSettings = settings + [.unsafeFlags(["-Onone"], .when(configuration: .release))]

func tests(
    _ name: String, path: String? = nil, _ dependencies: [Target.Dependency], resources: [Resource] = []
) -> Target {
    .testTarget(name: name, dependencies: dependencies, path: path, resources: resources, swiftSettings: testSettings)
}

let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioWebSocket = Target.Dependency.product(name: "NIOWebSocket", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let heap = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let jwtKit = Target.Dependency.product(name: "JWTKit", package: "jwt-kit")
let x509 = Target.Dependency.product(name: "X509", package: "swift-certificates")
let asn1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "martlet",
    products: [
        .executable(name: "martlet", targets: ["martlet"]),
        .library(name: "MQTTCodec", targets: ["MQTTCodec"]),
        .library(name: "MQTTBroker", targets: ["MQTTBroker"]),
        .library(name: "MQTTClient", targets: ["MQTTClient"]),
        .library(name: "TimeSeries", targets: ["TimeSeries"]),
        .library(name: "LiveSocket", targets: ["LiveSocket"]),
        .library(name: "ICalendar", targets: ["ICalendar"]),
        // What a program with solutions of its own is made of (docs/writing-a-solution.md).
        .library(name: "House", targets: ["House", "SolutionKit", "HubModel", "SQL"]),
        .library(name: "HubTesting", targets: ["HubTesting", "Registry"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-certificates", exact: "1.21.1"),
        .package(url: "https://github.com/apple/swift-asn1", exact: "1.7.4"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/vapor/jwt-kit", exact: "5.7.1"),
    ],
    targets: [
        // Floor 0: libraries, no word of the hub.
        room("MQTTCodec"),
        room("Multipart"),
        room("DeviceLogic"),
        room("Credentials", [crypto, cryptoExtras]),
        room("Certificates", [x509, asn1, crypto]),
        room("Transport", [nioCore, nioTLS, nioSSL, x509, asn1]),
        .systemLibrary(name: "CZlib"),
        room("Compression", ["CZlib"]),
        room("MQTTBroker", ["MQTTCodec", "Transport", nioCore, nioPosix]),
        room("MQTTClient", ["MQTTCodec", "DeviceLogic", deque, nioCore, nioPosix]),
        room("SQL", [grdb]),
        room("TimeSeries", pages: ["FORMAT.md"], ["SQL"]),
        room("TestCertificates"),
        room("LiveSocket", [hummingbirdCore, httpTypes, nioCore, nioHTTP1, nioWebSocket, logging]),

        // Floor 1: words and contract.
        room("HubModel"),
        room("ICalendar", ["HubModel"]),
        room("SolutionKit", ["HubModel", "SQL", "DeviceLogic", heap, argumentParser]),

        // Floor 2: the line.
        room("Ingest", ["HubModel", "SolutionKit", "SQL", "TimeSeries"]),
        room("Commands", ["HubModel", "SolutionKit", "SQL", crypto]),
        room("HubTesting", ["HubModel", "SolutionKit", "SQL", "Commands"]),
        room("Registry", ["HubModel", "SQL", "Credentials"]),
        room("Trust", ["HubModel", "SolutionKit", "SQL", "Registry", "Credentials", jwtKit]),
        room("DeviceStates", ["HubModel", "SolutionKit", "Registry"]),
        room("Blobs", ["HubModel", "SolutionKit", "SQL", crypto]),
        room("Live", ["HubModel"]),
        solution("Nodes", ["HubModel", "SolutionKit", "SQL", "DeviceLogic", argumentParser]),
        solution("Classrooms", ["HubModel", "SolutionKit", "SQL", "DeviceLogic", "ICalendar", argumentParser]),
        solution("Parking", ["HubModel", "SolutionKit", "SQL", "Credentials", "DeviceLogic", argumentParser]),

        // Floor 3: doors.
        room(
            "DeviceDoors",
            ["HubModel", "SolutionKit", "Ingest", "SQL", "Trust", "Registry", "MQTTCodec", "MQTTBroker", "Transport"]),
        room(
            "WebAPI",
            [
                "HubModel", "SolutionKit", "Live", "LiveSocket", "Transport", "Compression", "Multipart",
                hummingbirdCore,
                httpTypes, nioCore, nioPosix, logging,
            ]),

        // Floor 4: the house, and the programs that are one with their solutions.
        room(
            "House",
            [
                "MQTTCodec", "MQTTBroker", "MQTTClient", "DeviceLogic", "SQL", "TimeSeries", "LiveSocket", "HubModel",
                "SolutionKit", "Ingest", "Commands", "Registry", "Trust", "Credentials", "Certificates", "Transport",
                "Live",
                "DeviceDoors", "WebAPI", "DeviceStates", "Blobs", argumentParser, logging, lifecycle, unixSignals,
                nioCore, nioPosix, nioHTTP1,
            ]),
        program("martlet", ["House", "Classrooms", "Nodes", "Parking"]),

        // The example of docs/writing-a-solution.md: a solution and a program beside the hub's own.
        room(
            "WaterTanks", path: "Examples/WaterTanks/Sources", ["HubModel", "SolutionKit", "SQL", argumentParser]),
        program("water-tanks", path: "Examples/WaterTanks/Program", ["House", "WaterTanks"]),
        room("Streams", path: "Examples/Streams/Sources", ["HubModel", "SolutionKit"]),
        program("streams", path: "Examples/Streams/Program", ["House", "Nodes", "Streams"]),
        tests(
            "WaterTanksTests", path: "Examples/WaterTanks/Tests",
            ["WaterTanks", "SolutionKit", "HubModel", "HubTesting", "SQL", "Registry", "Blobs"]),

        tests("MQTTCodecTests", ["MQTTCodec"], resources: [.copy("cases")]),
        tests("MultipartTests", ["Multipart"], resources: [.copy("cases")]),
        tests("DeviceLogicTests", ["DeviceLogic"]),
        tests(
            "MQTTBrokerTests",
            ["MQTTBroker", "MQTTCodec", "Transport", "TestCertificates", nioCore, nioPosix, nioEmbedded, nioSSL]),
        tests("CompressionTests", ["Compression"]),
        tests("MQTTClientTests", ["MQTTClient", "MQTTBroker", "MQTTCodec", nioCore, nioPosix]),
        tests("CredentialsTests", ["Credentials"]),
        tests("CertificatesTests", ["Certificates"]),
        tests("TransportTests", ["Transport", "TestCertificates", nioCore, nioPosix, nioEmbedded, nioSSL]),
        tests("RegistryTests", ["Registry", "HubModel", "SQL", "Credentials"]),
        tests(
            "TrustTests", ["Trust", "Registry", "HubModel", "HubTesting", "SolutionKit", "SQL", "Credentials", jwtKit]),
        tests(
            "DeviceStatesTests", ["DeviceStates", "Registry", "HubModel", "HubTesting", "SolutionKit", "SQL"]),
        tests("BlobsTests", ["Blobs", "Registry", "HubModel", "HubTesting", "SolutionKit", "SQL"]),
        tests("SQLTests", ["SQL"]),
        tests("TimeSeriesTests", ["TimeSeries", "SQL"]),
        tests(
            "LiveSocketTests",
            ["LiveSocket", hummingbirdCore, httpTypes, nioCore, nioPosix, nioWebSocket, nioEmbedded, logging]),
        tests("HubModelTests", ["HubModel"], resources: [.copy("cases")]),
        tests(
            "ICalendarTests", ["ICalendar", "HubModel", "SolutionKit"], resources: [.copy("cases")]),
        tests("SolutionKitTests", ["SolutionKit", "HubModel", "HubTesting", "SQL"]),
        tests("HouseTests", ["House", "SolutionKit", nioCore, nioPosix, nioHTTP1]),
        tests("LiveTests", ["Live", "HubModel", "HubTesting"]),
        tests("IngestTests", ["Ingest", "HubModel", "HubTesting", "SolutionKit", "SQL", "TimeSeries"]),
        tests(
            "DeviceDoorsTests",
            [
                "DeviceDoors", "Trust", "Registry", "Credentials", "Ingest", "MQTTBroker", "MQTTCodec", "HubModel",
                "HubTesting", "SolutionKit", "SQL", "TimeSeries",
            ]),
        tests("CommandsTests", ["Commands", "SolutionKit", "HubModel", "HubTesting", "SQL", "Registry"]),
        tests(
            "NodesTests", ["Nodes", "SolutionKit", "HubModel", "HubTesting", "SQL", "Registry"],
            resources: [.copy("cases")]),
        tests(
            "ParkingTests", ["Parking", "SolutionKit", "HubModel", "HubTesting", "SQL", "Registry"],
            resources: [.copy("cases")]),
        tests("ClassroomsTests", ["Classrooms", "SolutionKit", "HubModel", "HubTesting", "SQL", "Registry"]),
        tests(
            "RestartTests",
            [
                "DeviceDoors", "Ingest", "Commands", "MQTTBroker", "MQTTCodec", "Nodes", "Parking", "Classrooms",
                "Registry",
                "HubModel",
                "HubTesting", "SolutionKit", "SQL", "TimeSeries",
            ]),
        tests(
            "WebAPITests",
            [
                "WebAPI", "Live", "LiveSocket", "HubModel", "HubTesting", "SolutionKit", "Transport", "Compression",
                nioCore, nioPosix, nioEmbedded, nioSSL, logging,
            ]),
    ]
)
