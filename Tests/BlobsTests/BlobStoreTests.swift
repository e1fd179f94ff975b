import Blobs
import Foundation
import HubModel
import HubTesting
import Registry
import SQL
import SolutionKit
import Synchronization
import Testing

/// A shelf in a folder of its own, with the tables, a clock and two devices.
final class Shelf: Sendable {
    let data: String
    let database: Database
    let line: DirectLine
    let store: BlobStore
    private let time: Uptime
    static let start = Timestamp(seconds: 1_800_000_000)

    private init(data: String, database: Database, store: BlobStore, uptime: Uptime) {
        self.data = data
        self.database = database
        self.store = store
        time = uptime
        line = DirectLine(database: database, clock: ManualClock(Shelf.start))
    }

    final class Uptime: Sendable {
        let now = Mutex(Duration.zero)
    }

    static func run(_ body: (Shelf) async throws -> Void) async throws {
        let data = FileManager.default.temporaryDirectory.path + "/blobs-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: data) }
        let database = try Database.open(DatabaseConfiguration(.memory))
        _ = try await database.migrate([RegistryTables.migrations, BlobTable.migrations], at: 0)
        let time = Uptime()
        let store = try BlobStore(path: data + "/blobs") { time.now.withLock { $0 } }
        let shelf = Shelf(data: data, database: database, store: store, uptime: time)
        for name in ["a", "b"] {
            let device = try #require(DeviceID(name))
            _ = try await database.write {
                try DeviceRegistry(admission: .byContact).admit(device, kind: .init("node"), at: start, in: $0)
            }
        }
        try await body(shelf)
    }

    func after(seconds: Int) { time.now.withLock { $0 += .seconds(seconds) } }

    func use(_ device: String) throws -> BlobUse {
        BlobUse(owner: "hub", name: "picture", of: .device(try #require(DeviceID(device))))
    }

    static func stream(_ pieces: [[UInt8]], failing: Bool = false) -> BodyStream {
        let rest = Mutex(pieces[...])
        return BodyStream {
            let next = rest.withLock { $0.popFirst() }
            if next == nil, failing { throw Refusal(.malformedRequest, "broke off") }
            return next
        }
    }

    @Sendable static func anything(_ head: [UInt8]) throws(Refusal) -> String {
        guard head.first != UInt8(ascii: "!") else { throw Refusal(.unsupportedMediaType, "no") }
        return "image/png"
    }

    func receive(_ text: String, limit: Int = 1_000) async throws -> ReceivedBlob {
        try await store.receive(
            Shelf.stream(text.isEmpty ? [] : [Array(text.utf8)]), upTo: limit, recognise: Shelf.anything)
    }

    @discardableResult
    func keep(_ text: String, for device: String, limit: Int64 = 1_000) async throws -> ReceivedBlob {
        try await keep(text, for: device, Shelf.purpose(limit))
    }

    static func purpose(_ limit: Int64) -> BlobPurpose {
        BlobPurpose(
            owner: "hub", name: "picture", title: "pictures", setting: "MARTLET_TEST", maximumBytes: limit,
            mebibytesPerSite: 1)
    }

    @discardableResult
    func keep(
        _ text: String, for device: String, _ purpose: BlobPurpose, _ settings: SettingValues = SettingValues(),
        at instant: Timestamp = Shelf.start
    ) async throws -> ReceivedBlob {
        let device = try #require(DeviceID(device))
        return try await keep(text, of: .device(device), key: .only, purpose, settings, at: instant)
    }

    @discardableResult
    func keep(
        _ text: String, of holder: BlobHolder, key: BlobKey, _ purpose: BlobPurpose,
        _ settings: SettingValues = SettingValues(), at instant: Timestamp = Shelf.start
    ) async throws -> ReceivedBlob {
        let (blob, store) = (try await receive(text, limit: 2 << 20), store)
        _ = try await line.perform { line in
            try store.keep(blob, as: purpose, of: holder, key: key, settings, at: instant, in: line.transaction())
        }
        return blob
    }

    func drop(_ device: String) async throws -> [String]? {
        let (use, store) = (try use(device), store)
        return try await line.perform { try store.drop(use, in: $0.transaction()) }
    }

    func kept(_ device: String) throws -> KeptBlob? {
        let use = try use(device)
        return try database.readBlocking { try store.kept(as: use, in: $0) }
    }

    func sweep() async throws -> BlobFigures { try await store.sweep(database, line) }

    /// All files below the folder, with what comes in.
    func files() -> [String] {
        (FileManager.default.enumerator(atPath: data)?.compactMap { $0 as? String } ?? [])
            .filter { !((try? FileManager.default.contentsOfDirectory(atPath: data + "/" + $0)) != nil) }.sorted()
    }

    func path(_ blob: ReceivedBlob) -> String { "\(data)/blobs/\(blob.hash.prefix(2))/\(blob.hash.dropFirst(2))" }

    func rows() throws -> [BlobTable.Record] { try database.readBlocking { try BlobSurvey.records(in: $0) } }
}

@Suite("Files under the hash of their content")
struct BlobStoreTests {
    /// SHA-256 of `abc`: FIPS 180-4, example of one block.
    private static let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

    @Test("A file is under its SHA-256 and is sent with it as its tag, and the same content twice is stored once")
    func storedOnce() async throws {
        try await Shelf.run { shelf in
            let blob = try await shelf.keep("abc", for: "a")
            #expect(blob == ReceivedBlob(hash: Self.abc, bytes: 3, mediaType: "image/png"))
            try await shelf.keep("abc", for: "b")
            #expect(shelf.files() == ["blobs/ba/\(Self.abc.dropFirst(2))"])
            let kept = try #require(try shelf.kept("b"))
            let file = try shelf.store.file(of: kept)
            #expect(file.entityTag == "\"\(Self.abc)\"" && file.modifiedAt == Shelf.start)
            #expect(FileManager.default.contents(atPath: file.path) == Data("abc".utf8))
            // It is there as long as one of them keeps it.
            #expect(try await shelf.drop("a") == [])
            #expect(try await shelf.drop("a") == nil)
            #expect(try shelf.kept("a") == nil && shelf.rows().count == 1)
            #expect(try await shelf.drop("b")?.count == 1)
            #expect(try shelf.rows().isEmpty)
        }
    }

    @Test(
        "What was replaced or refused goes at once, unless another upload brought the same")
    func settled() async throws {
        try await Shelf.run { shelf in
            let first = try await shelf.keep("first", for: "a")
            await shelf.store.settle(first, freed: [], in: shelf.database)
            #expect(shelf.files().count == 1)
            let second = try await shelf.keep("second", for: "a")
            await shelf.store.settle(second, freed: [first.hash], in: shelf.database)
            #expect(shelf.files().count == 1)
            let refused = try await shelf.receive("refused")
            let again = try await shelf.receive("refused")
            await shelf.store.settle(refused, freed: [], in: shelf.database)
            #expect(shelf.files().count == 2)
            await shelf.store.settle(again, freed: [], in: shelf.database)
            #expect(shelf.files().count == 1)
            // What a row names stays, whatever somebody says of it.
            await shelf.store.settle(second, freed: [second.hash], in: shelf.database)
            #expect(shelf.files().count == 1)
        }
    }

    @Test("One uploader has four files on the way; others go on meanwhile")
    func fourOfOneUploader() async throws {
        try await Shelf.run { shelf in
            let (gate, open) = AsyncStream.makeStream(of: Void.self)
            let began = AsyncStream.makeStream(of: Void.self)
            let waiting = (0..<BlobStore.maximumIncomingPerUploader).map { number in
                Task {
                    let pieces = Mutex([[UInt8(number)]])
                    return try await shelf.store.receive(
                        BodyStream {
                            guard let piece = pieces.withLock({ $0.popLast() }) else { return nil }
                            began.continuation.yield()
                            for await _ in gate { break }
                            return piece
                        }, from: "anna", upTo: 10, recognise: Shelf.anything)
                }
            }
            var count = 0
            for await _ in began.stream {
                count += 1
                if count == waiting.count { break }
            }
            let one = BodyStream { nil }
            let refusal = await #expect(throws: Refusal.self) {
                _ = try await shelf.store.receive(one, from: "anna", upTo: 10, recognise: Shelf.anything)
            }
            #expect(refusal?.code == .overloaded)
            _ = try await shelf.store.receive(
                Shelf.stream([[9]]), from: "ben", upTo: 10, recognise: Shelf.anything)
            open.finish()
            for task in waiting { _ = try await task.value }
            _ = try await shelf.store.receive(
                Shelf.stream([[8]]), from: "anna", upTo: 10, recognise: Shelf.anything)
        }
    }

    @Test("Of a file that is refused, too large, empty or breaks off nothing stays")
    func nothingHalf() async throws {
        try await Shelf.run { shelf in
            func code(_ stream: BodyStream, limit: Int = 10) async -> RefusalCode? {
                do {
                    _ = try await shelf.store.receive(stream, upTo: limit) { head throws(Refusal) in
                        guard !head.isEmpty else { throw Refusal(.unsupportedMediaType, "empty") }
                        return try Shelf.anything(head)
                    }
                    return nil
                } catch { return (error as? Refusal)?.code }
            }
            let long = [UInt8](repeating: 65, count: 6)
            #expect(await code(Shelf.stream([long, long])) == .tooLarge)
            #expect(await code(Shelf.stream([long], failing: true)) == .malformedRequest)
            #expect(await code(Shelf.stream([Array("!x".utf8)])) == .unsupportedMediaType)
            #expect(
                await code(
                    Shelf.stream([Array(("!" + String(repeating: "x", count: 90)).utf8)], failing: true), limit: 200)
                    == .unsupportedMediaType)
            #expect(await code(Shelf.stream([])) == .unsupportedMediaType)
            #expect(shelf.files() == [])
            // Ten bytes are not too many, in pieces of one.
            #expect(await code(Shelf.stream((0..<10).map { [UInt8($0)] })) == nil)
            #expect(shelf.files().count == 1)
        }
    }

    @Test("Another file in the place of one frees the old one, and no more is kept than may be")
    func replacedAndBounded() async throws {
        try await Shelf.run { shelf in
            try await shelf.keep("first", for: "a", limit: 10)
            let second = try await shelf.keep("second", for: "a", limit: 10)
            #expect(try shelf.rows().map(\.hash) == [second.hash])
            let refusal = await #expect(throws: Refusal.self) { try await shelf.keep("third", for: "b", limit: 10) }
            #expect(refusal?.code == .limitReached)
            #expect(try shelf.rows().map(\.hash) == [second.hash] && shelf.kept("b") == nil)
            try await shelf.keep("four", for: "b", limit: 10)
        }
    }

    @Test("What no row names is swept an hour after it came, and never what a row names")
    func swept() async throws {
        try await Shelf.run { shelf in
            let kept = try await shelf.keep("kept", for: "a")
            let lost = try await shelf.receive("lost")
            #expect(try await shelf.sweep().removed == 0)
            shelf.after(seconds: 3_599)
            #expect(try await shelf.sweep().removed == 0)
            // Somebody sends the same again: its hour begins anew.
            let again = try await shelf.receive("again")
            _ = try await shelf.receive("lost")
            shelf.after(seconds: 3_599)
            #expect(try await shelf.sweep().removed == 0)
            shelf.after(seconds: 1)
            let found = try await shelf.sweep()
            #expect(found.removed == 2 && found.files == 1 && found.bytes == 4 && found.missing.isEmpty)
            #expect(shelf.files().map { shelf.data + "/" + $0 } == [shelf.path(kept)])
            #expect(!FileManager.default.fileExists(atPath: shelf.path(lost)))
            #expect(!FileManager.default.fileExists(atPath: shelf.path(again)))
        }
    }

    @Test("A file that was swept while it waited for its row is refused, and leaves no row without a file")
    func waitedTooLong() async throws {
        try await Shelf.run { shelf in
            let (blob, store) = (try await shelf.receive("late"), shelf.store)
            let holder = BlobHolder.device(try #require(DeviceID("a")))
            func keep() async throws {
                _ = try await shelf.line.perform { line in
                    try store.keep(
                        blob, as: Shelf.purpose(1_000), of: holder, key: .only, SettingValues(), at: Shelf.start,
                        in: line.transaction())
                }
            }
            shelf.after(seconds: 3_600)
            #expect(try await shelf.sweep().removed == 1)
            await #expect {
                try await keep()
            } throws: { ($0 as? Refusal)?.code == .malformedRequest }
            #expect(try shelf.kept("a") == nil && shelf.rows().isEmpty)
            // The same content again is a file that may be kept.
            _ = try await shelf.receive("late")
            try await keep()
            #expect(try shelf.kept("a")?.blob.hash == blob.hash)
        }
    }

    @Test("After a start nothing is left of what was coming in, and what no row names goes with the first sweep")
    func started() async throws {
        try await Shelf.run { shelf in
            _ = try await shelf.receive("lost")
            let half = shelf.data + "/blobs/incoming/half"
            #expect(FileManager.default.createFile(atPath: half, contents: Data("ha".utf8)))
            let next = try BlobStore(path: shelf.data + "/blobs") { .zero }
            #expect(!FileManager.default.fileExists(atPath: half))
            #expect(try await next.sweep(shelf.database, shelf.line).removed == 1)
            #expect(shelf.files() == [])
        }
    }

    @Test("A row whose file is missing or damaged is noted once, said, not sent, and healed by the same content")
    func missing() async throws {
        try await Shelf.run { shelf in
            let one = try await shelf.keep("one", for: "a")
            let two = try await shelf.keep("two!", for: "b")
            try FileManager.default.removeItem(atPath: shelf.path(one))
            try Data("tw".utf8).write(to: URL(fileURLWithPath: shelf.path(two)))
            #expect(Set(try await shelf.sweep().missing) == [one.hash, two.hash])
            #expect(try shelf.rows().allSatisfy { $0.missingSince == Shelf.start })
            let kept = try #require(try shelf.kept("a"))
            let refusal = #expect(throws: Refusal.self) { try shelf.store.file(of: kept) }
            #expect(refusal?.code == .notFound)
            try await shelf.keep("one", for: "b")
            _ = try await shelf.receive("two!")
            #expect(try await shelf.sweep().missing.isEmpty)
            #expect(try shelf.rows().allSatisfy { $0.missingSince == nil })
            _ = try shelf.store.file(of: kept)
        }
    }

    @Test("What is wrong with a file is told by its presence and length, and by all of it if one looks deeper")
    func surveyed() async throws {
        try await Shelf.run { shelf in
            let blob = try await shelf.keep("abc", for: "a")
            let record = try #require(try shelf.rows().first)
            let survey = BlobSurvey(data: shelf.data)
            let name = BlobSurvey.name(record)
            #expect(BlobSurvey.hash(ofName: name) == blob.hash)
            #expect(BlobSurvey.hash(ofName: "blobs/ba/../x") == nil && BlobSurvey.hash(ofName: "ca/ca.pem") == nil)
            #expect(survey.problem(record, deep: true) == nil)
            try Data("abd".utf8).write(to: URL(fileURLWithPath: shelf.path(blob)))
            #expect(survey.problem(record, deep: false) == nil)
            #expect(survey.problem(record, deep: true) == "\(name) is damaged (its content is another)")
            try Data("ab".utf8).write(to: URL(fileURLWithPath: shelf.path(blob)))
            #expect(survey.problem(record, deep: false) == "\(name) is damaged (2 bytes instead of 3)")
            try FileManager.default.removeItem(atPath: shelf.path(blob))
            #expect(survey.problem(record, deep: false) == "\(name) is missing")
        }
    }

    @Test("Sixteen files come in at once; one more is told to come again, and has its turn when one is done")
    func sixteenAtOnce() async throws {
        try await Shelf.run { shelf in
            let (gate, open) = AsyncStream.makeStream(of: Void.self)
            let began = AsyncStream.makeStream(of: Void.self)
            let waiting = (0..<BlobStore.maximumIncoming).map { number in
                Task {
                    let rest = Mutex(1)
                    return try await shelf.store.receive(
                        BodyStream {
                            guard
                                rest.withLock({
                                    $0 -= 1; return $0 == 0
                                })
                            else { return nil }
                            began.continuation.yield()
                            for await _ in gate { break }
                            return [UInt8(number)]
                        }, upTo: 10, recognise: Shelf.anything)
                }
            }
            var count = 0
            for await _ in began.stream {
                count += 1
                if count == waiting.count { break }
            }
            let refusal = await #expect(throws: Refusal.self) { _ = try await shelf.receive("more") }
            #expect(refusal?.code == .overloaded)
            open.finish()
            for task in waiting { _ = try await task.value }
            _ = try await shelf.receive("more")
            #expect(shelf.files().count == BlobStore.maximumIncoming + 1)
        }
    }
}
