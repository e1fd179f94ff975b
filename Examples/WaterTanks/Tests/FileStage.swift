import Blobs
import Foundation
import HubModel
import HubTesting
import Registry
import SQL
import SolutionKit
import Synchronization
import Testing
import WaterTanks

/// The solution with a shelf for files in a folder of its own, and a tank called barn, which is a device.
struct FileStage {
    let house: SolutionHouse
    let blobs: BlobStore
    let folder: String

    static func run(_ body: (FileStage) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/tanks-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let house = try await SolutionHouse(
            WaterTanksSolution(), tables: [RegistryTables.migrations, BlobTable.migrations],
            devices: DeviceRegistry(admission: .byContact), commands: CommandRegistry())
        try house.hear("tanks/barn/level", #"{"level":50}"#)
        let blobs = try BlobStore(path: folder) { .zero }
        try await body(FileStage(house: house, blobs: blobs, folder: folder))
    }

    /// Calls a route with a form, or with a stream, as the web does.
    @discardableResult
    func ask(
        _ method: Route.Method, _ path: String, _ parameters: [String: String] = ["id": "barn"],
        query: [(name: String, value: String)] = [], form: [BodyPart] = [], stream: [UInt8]? = nil, as caller: Caller
    ) async throws -> RouteResponse {
        let services = WebServices(
            database: house.database, history: house.history, line: house, devices: house.devices,
            commands: house.commands, audit: house.audit, clock: house.clock, blobs: blobs, settings: house.settings)
        let routes = WaterTanksSolution().routes(services)
        let route = try #require(routes.first { $0.method == method && $0.path == path })
        let rest = Mutex(form[...])
        var content = RequestContent.whole([])
        if method == .post { content = .parts(BodyParts { rest.withLock { $0.popFirst() } }) }
        if let stream { content = .stream(FileStage.stream(stream)) }
        let response = try await route.answer(
            RouteRequest(
                path: parameters, query: query, accept: nil, content: content, receivedAt: house.clock.now(),
                caller: caller, scope: try route.access.scope(for: caller),
                transport: RequestTransport(address: "192.0.2.1")))
        try route.check(response)
        return response
    }

    func refusal(
        _ method: Route.Method, _ path: String, _ parameters: [String: String] = ["id": "barn"],
        form: [BodyPart] = [], stream: [UInt8]? = nil, as caller: Caller
    ) async throws -> RefusalCode? {
        do {
            try await ask(method, path, parameters, form: form, stream: stream, as: caller)
            return nil
        } catch let refusal as Refusal { return refusal.code }
    }

    /// How many files are on the disk.
    var files: Int {
        (FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? [])
            .count { $0.split(separator: "/").last?.utf8.count == 62 }
    }

    /// Bytes that come in one piece.
    static func stream(_ bytes: [UInt8]) -> BodyStream {
        let rest = Mutex([bytes][...])
        return BodyStream { rest.withLock { $0.popFirst() } }
    }

    /// A PNG like no other of another number.
    static func png(_ number: UInt8, bytes: Int = 100) -> [UInt8] {
        let head: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, number]
        return head + [UInt8](repeating: 7, count: bytes - head.count)
    }
}
