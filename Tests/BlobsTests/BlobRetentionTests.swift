import Blobs
import HubModel
import HubTesting
import Registry
import SQL
import SolutionKit
import Testing

@Suite("How long files are kept, and how many of a site")
struct BlobRetentionTests {
    private let purpose = Shelf.purpose(1 << 30)

    private func settings(_ values: [DeclaredSetting: String]) throws -> SettingValues {
        var settings = SettingValues()
        for (setting, text) in values { try settings.set(setting, to: text) }
        return settings
    }

    private func oldestGo() throws -> SettingValues { try settings([purpose.whenFull.declared: "oldest-go"]) }

    /// So many bytes, other ones for each name.
    private func content(_ name: String, _ bytes: Int) -> String {
        name + String(repeating: "x", count: bytes - name.utf8.count)
    }

    private func addDevices(_ shelf: Shelf, _ names: [String], at site: String = "main") async throws {
        for name in names {
            let device = try #require(DeviceID(name))
            _ = try await shelf.database.write { transaction in
                _ = try DeviceRegistry(admission: .byContact).admit(
                    device, kind: .init("node"), at: Shelf.start, in: transaction)
                try transaction.execute("UPDATE device SET site = $1 WHERE id = $2", [.text(site), .text(name)])
            }
        }
    }

    private static let half = 512 << 10

    @Test("A file beyond what a site may have is refused with a sentence, and the site keeps what it has")
    func refused() async throws {
        try await Shelf.run { shelf in
            try await addDevices(shelf, ["c"])
            try await addDevices(shelf, ["far"], at: "annexe")
            try await shelf.keep(content("a", Self.half), for: "a", purpose)
            try await shelf.keep(content("b", Self.half), for: "b", purpose)
            let refusal = await #expect(throws: Refusal.self) { try await shelf.keep("c", for: "c", purpose) }
            #expect(refusal?.code == .limitReached)
            #expect(
                refusal?.detail
                    == "The devices of the site main have at most 1 MiB of pictures: remove some, or raise MARTLET_TEST_SITE_MIB."
            )
            #expect(try shelf.kept("a") != nil && shelf.kept("b") != nil && shelf.kept("c") == nil)
            // In the place of another one, and at another site, there is room.
            try await shelf.keep("new", for: "a", purpose)
            try await shelf.keep(content("far", 2 * Self.half), for: "far", purpose)
            try await shelf.keep("c", for: "c", purpose)
        }
    }

    @Test("Where the oldest go, as many go as it takes, and a file that is too large by itself is refused")
    func oldestGone() async throws {
        try await Shelf.run { shelf in
            try await addDevices(shelf, ["c", "d"])
            let settings = try oldestGo()
            // Kept first, though it is the last by name.
            try await shelf.keep(content("d", Self.half / 2), for: "d", purpose, settings)
            for (number, name) in ["a", "b"].enumerated() {
                try await shelf.keep(
                    content(name, Self.half / 2), for: name, purpose, settings,
                    at: Shelf.start.advanced(bySeconds: Int64(number + 1)))
            }
            // A clock that was set back: the new one stays all the same.
            try await shelf.keep(
                content("c", Self.half), for: "c", purpose, settings, at: Shelf.start.advanced(bySeconds: -60))
            #expect(try shelf.kept("d") == nil && shelf.kept("a") != nil && shelf.kept("b") != nil)
            #expect(try shelf.kept("c") != nil)
            let refusal = await #expect(throws: Refusal.self) {
                try await shelf.keep(content("d", 2 * Self.half + 1), for: "d", purpose, settings)
            }
            #expect(refusal?.code == .limitReached)
            #expect(try shelf.kept("a") != nil && shelf.kept("c") != nil)
        }
    }

    @Test("What is old goes, first what was kept first, with its row; the sweep takes the file")
    func old() async throws {
        try await Shelf.run { shelf in
            let one = try await shelf.keep("one", for: "a", purpose, at: Shelf.start.advanced(bySeconds: -10))
            try await shelf.keep("two", for: "b", purpose)
            let excess = BlobExcess.before(Shelf.start)
            let (table, purpose) = (BlobTable(), purpose)
            #expect(try shelf.database.readBlocking { try table.count(excess, of: purpose, in: $0) } == 1)
            #expect(try await shelf.database.write { try table.drop(excess, of: purpose, atMost: 7, in: $0) } == 1)
            #expect(try shelf.kept("a") == nil && shelf.kept("b") != nil && shelf.rows().count == 1)
            #expect(try shelf.database.readBlocking { try table.count(excess, of: purpose, in: $0) } == 0)
            shelf.after(seconds: 3_600)
            #expect(try await shelf.sweep().removed == 1)
            #expect(!shelf.files().contains { shelf.data + "/" + $0 == shelf.path(one) })
        }
    }

    /// The model goes through the files of each site from the newest on, and lets go of all from the first one that does not fit.
    @Test("What sites have too much of is what a model says, in pieces of any size")
    func beyond() async throws {
        var random = SeededRandom(41)
        for _ in 0..<12 {
            try await Shelf.run { shelf in
                let sites = ["main", "annexe", "yard"]
                var files: [(name: String, site: String, bytes: Int64, at: Int64)] = []
                for number in 0..<14 {
                    let site = sites[Int.random(in: 0..<3, using: &random)]
                    let file = (
                        name: "n\(number)", site: site, bytes: Int64.random(in: 4...400, using: &random),
                        at: Int64.random(in: 0..<6, using: &random)
                    )
                    files.append(file)
                    try await addDevices(shelf, [file.name], at: site)
                    try await shelf.keep(
                        content(file.name, Int(file.bytes)), for: file.name, purpose,
                        at: Timestamp(microseconds: file.at))
                }
                let bound = Int64.random(in: 0...1_200, using: &random)
                var kept: Set<String> = []
                for site in sites {
                    var total: Int64 = 0
                    for file in files.filter({ $0.site == site }).sorted(by: { ($0.at, $0.name) > ($1.at, $1.name) }) {
                        total += file.bytes
                        if total <= bound { kept.insert(file.name) }
                    }
                }
                let (table, purpose, excess) = (BlobTable(), purpose, BlobExcess.beyond(bytesPerSite: bound))
                let due = try shelf.database.readBlocking { try table.count(excess, of: purpose, in: $0) }
                #expect(due == Int64(files.count - kept.count))
                while try await shelf.database.write({ try table.drop(excess, of: purpose, atMost: 3, in: $0) }) == 3 {}
                #expect(try Set(files.map(\.name).filter { try shelf.kept($0) != nil }) == kept)
            }
        }
    }
}
