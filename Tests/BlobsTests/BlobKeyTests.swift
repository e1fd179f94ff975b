import Blobs
import HubModel
import HubTesting
import Registry
import SQL
import SolutionKit
import Testing

@Suite("Many files of one holder, and files of a site")
struct BlobKeyTests {
    private let purpose = Shelf.purpose(1 << 30)
    private let main = BlobHolder.site(.main)

    private func device(_ name: String) throws -> BlobHolder { .device(try #require(DeviceID(name))) }

    private func oldestGo() throws -> SettingValues {
        var settings = SettingValues()
        try settings.set(purpose.whenFull.declared, to: "oldest-go")
        return settings
    }

    private func keys(
        _ shelf: Shelf, _ holder: BlobHolder, after place: BlobPlace? = nil, limit: Int = 100
    ) throws -> [String] {
        try list(shelf, holder, after: place, limit: limit).map(\.key.text)
    }

    private func list(
        _ shelf: Shelf, _ holder: BlobHolder, after place: BlobPlace? = nil, limit: Int = 100
    ) throws -> [ListedBlob] {
        try shelf.database.readBlocking {
            try shelf.store.files(of: holder, as: purpose, after: place, limit: limit, in: $0)
        }
    }

    private func move(_ shelf: Shelf, _ name: String, to site: String) async throws {
        try await shelf.database.write { transaction in
            try transaction.execute(
                "INSERT INTO site (id, title, created_at) VALUES ($1, $1, 0) ON CONFLICT (id) DO NOTHING",
                [.text(site)])
            try transaction.execute("UPDATE device SET site = $1 WHERE id = $2", [.text(site), .text(name)])
        }
    }

    /// The sums of the table beside those of the files, which must be the same.
    private func sums(_ shelf: Shelf) throws -> (kept: [String], counted: [String]) {
        try shelf.database.readBlocking { reader in
            let counted = try reader.query(
                "SELECT COALESCE(device, '@' || site), bytes FROM blob_sum WHERE bytes > 0")
            let kept = try reader.query(
                """
                SELECT COALESCE(u.device, '@' || u.site), SUM(b.bytes) FROM blob_use u JOIN blob b ON b.hash = u.hash
                GROUP BY u.device, u.site
                """)
            func texts(_ rows: [Row]) throws -> [String] {
                try rows.map { "\(try $0.text(0)) \(try $0.integer(1))" }.sorted()
            }
            return (try texts(kept), try texts(counted))
        }
    }

    @Test("A key is 1 to 64 bytes of a few characters, and a place is found again from its text")
    func keyRules() throws {
        #expect(BlobKey("a.b_c-d:e@9")?.text == "a.b_c-d:e@9" && BlobKey(-7).text == "-7")
        #expect(BlobKey(String(repeating: "k", count: 64)) != nil)
        for bad in ["", String(repeating: "k", count: 65), "a b", "a/b", "ä", "a\0"] { #expect(BlobKey(bad) == nil) }
        for key in [BlobKey.only, BlobKey(12), try #require(BlobKey("a_b"))] {
            let place = BlobPlace(since: Shelf.start, key: key)
            #expect(BlobPlace(place.text) == place)
        }
        for bad in ["", "_", "12", "x_1", "1_a b", "1.5_a"] { #expect(BlobPlace(bad) == nil) }
    }

    @Test("A device has a file under each key, listed newest first in pages of which a removed file leaves none out")
    func listed() async throws {
        try await Shelf.run { shelf in
            let a = try device("a")
            for number in 1...7 {
                // Two of each moment.
                try await shelf.keep(
                    "file \(number)", of: a, key: BlobKey(Int64(number)), purpose,
                    at: Shelf.start.advanced(bySeconds: Int64(number / 2)))
            }
            try await shelf.keep("other", for: "b", purpose)
            try await shelf.keep("plan", of: main, key: .only, purpose)
            #expect(try keys(shelf, a) == ["7", "6", "5", "4", "3", "2", "1"])
            let first = try list(shelf, a, limit: 3)
            let last = try #require(first.last)
            _ = try await shelf.database.write { transaction in
                try shelf.store.drop(purpose.use(of: a, key: last.key), in: transaction)
            }
            #expect(try keys(shelf, a, after: last.place) == ["4", "3", "2", "1"])
            // What is replaced is the newest again, and there is no second one under its key.
            try await shelf.keep("another", of: a, key: BlobKey(2), purpose, at: Shelf.start.advanced(bySeconds: 9))
            #expect(try keys(shelf, a) == ["2", "7", "6", "4", "3", "1"])
            #expect(try list(shelf, a).first?.file.blob.bytes == 7)
            #expect(try keys(shelf, main) == [""])
            let found = try sums(shelf)
            #expect(found.kept == found.counted && found.kept.count == 3)
        }
    }

    @Test("The picture of a device is its file without a key, whatever others it has")
    func hashesAreOfNoKey() async throws {
        try await Shelf.run { shelf in
            let picture = try await shelf.keep("picture", for: "a", purpose)
            try await shelf.keep("frame", of: device("a"), key: BlobKey(1), purpose)
            try await shelf.keep("frame", of: device("b"), key: BlobKey(1), purpose)
            let devices = ["a", "b"].compactMap(DeviceID.init)
            let found = try shelf.database.readBlocking {
                try shelf.store.hashes(of: purpose.name, owner: purpose.owner, among: devices, in: $0)
            }
            #expect(found.mapValues { $0 } == [devices[0]: picture.hash])
        }
    }

    @Test("A site's own files and those of its devices share its bytes; a device that moves takes its files along")
    func sharedBytes() async throws {
        try await Shelf.run { shelf in
            let half = String(repeating: "x", count: 512 << 10)
            try await shelf.keep("1" + half.dropFirst(), for: "a", purpose)
            try await shelf.keep("2" + half.dropFirst(), of: main, key: .only, purpose)
            let refusal = await #expect(throws: Refusal.self) { try await shelf.keep("3", for: "b", purpose) }
            #expect(refusal?.code == .limitReached)
            let second = await #expect(throws: Refusal.self) {
                try await shelf.keep("3", of: main, key: BlobKey(1), purpose)
            }
            #expect(second?.detail.hasPrefix("The site main and its devices have at most 1 MiB") == true)
            try await move(shelf, "a", to: "annexe")
            try await shelf.keep("3", for: "b", purpose)
            try await shelf.keep("4" + half.dropFirst(), of: device("a"), key: BlobKey(1), purpose)
            let full = await #expect(throws: Refusal.self) {
                try await shelf.keep("5", of: device("a"), key: BlobKey(2), purpose)
            }
            #expect(full?.detail.contains("annexe") == true)
        }
    }

    @Test("The tables take a holder and no second one, no long key, and lose a device's files and sums with it")
    func constraints() async throws {
        try await Shelf.run { shelf in
            let blob = try await shelf.keep("plan", of: main, key: BlobKey(1), purpose)
            try await shelf.keep("frame", of: device("a"), key: BlobKey(1), purpose)
            for (holder, key) in [
                ("NULL, NULL", "k"), ("'a', 'main'", "k"), ("'a', NULL", String(repeating: "k", count: 65)),
            ] {
                await #expect(throws: SQLFailure.self) {
                    try await shelf.database.write { transaction in
                        try transaction.execute(
                            """
                            INSERT INTO blob_use (owner, name, device, site, key, hash, created_at)
                            VALUES ('hub', 'picture', \(holder), $1, $2, 0)
                            """, [.text(key), .text(blob.hash)])
                    }
                }
            }
            try await shelf.database.write { transaction in
                try transaction.execute("DELETE FROM device WHERE id = 'a'")
            }
            let found = try sums(shelf)
            #expect(found.counted == ["@main 4"] && found.kept == found.counted)
        }
    }

    @Test("A file that a backup takes out of its tables is gone with all its uses, and the sums know")
    func forgotten() async throws {
        try await Shelf.run { shelf in
            let blob = try await shelf.keep("same", for: "a", purpose)
            try await shelf.keep("same", of: main, key: BlobKey(1), purpose)
            try await shelf.keep("more", for: "b", purpose)
            try await shelf.database.write { try BlobTable().forget(blob.hash, in: $0) }
            let found = try sums(shelf)
            #expect(found.counted == ["b 4"] && found.kept == found.counted)
            #expect(try shelf.rows().count == 1)
        }
    }

    private struct Model {
        struct File { var holder: String, key: String, bytes: Int64, at: Int64 }
        var files: [File] = []
        var sites = ["a": "main", "b": "main"]

        func site(_ holder: String) -> String { sites[holder] ?? String(holder.dropFirst()) }

        /// In the order in which files go: by time, sites before devices, by key.
        func oldest(_ one: File, _ other: File) -> Bool {
            (one.at, one.holder.hasPrefix("@") ? "" : one.holder, one.key)
                < (other.at, other.holder.hasPrefix("@") ? "" : other.holder, other.key)
        }

        mutating func keep(_ file: File, limit: Int64) -> Bool {
            let before = files
            files.removeAll { $0.holder == file.holder && $0.key == file.key }
            files.append(file)
            let site = site(file.holder)
            var total = files.filter { self.site($0.holder) == site }.reduce(0) { $0 + $1.bytes }
            for other in files.filter({ self.site($0.holder) == site }).sorted(by: oldest)
            where total > limit && (other.holder, other.key) != (file.holder, file.key) {
                files.removeAll { $0.holder == other.holder && $0.key == other.key }
                total -= other.bytes
            }
            guard total > limit else { return true }
            files = before
            return false
        }
    }

    @Test(
        "Whatever is kept, replaced, dropped and moved: the files and the sums are what a model says", arguments: 0..<6)
    func model(seed: UInt64) async throws {
        var random = SeededRandom(seed)
        let settings = try oldestGo()
        try await Shelf.run { shelf in
            var model = Model()
            let (limit, sites) = (Int64(1 << 20), ["main", "annexe"])
            try await move(shelf, "a", to: "annexe")
            try await move(shelf, "a", to: "main")
            func holder(_ text: String) throws -> BlobHolder {
                text.hasPrefix("@") ? .site(try #require(SiteID(String(text.dropFirst())))) : try device(text)
            }
            for step in 0..<60 {
                let owner = ["a", "b", "@main", "@annexe"].randomElement(using: &random) ?? "a"
                let key = Int64.random(in: 0..<4, using: &random)
                switch Int.random(in: 0..<10, using: &random) {
                case 0:
                    let (name, site) = (
                        ["a", "b"].randomElement(using: &random) ?? "a", sites.randomElement(using: &random) ?? "main"
                    )
                    model.sites[name] = site
                    try await move(shelf, name, to: site)
                case 1, 2:
                    model.files.removeAll { $0.holder == owner && $0.key == String(key) }
                    let use = purpose.use(of: try holder(owner), key: BlobKey(key))
                    _ = try await shelf.database.write { try shelf.store.drop(use, in: $0) }
                default:
                    let bytes = Int64.random(in: 8...(600 << 10), using: &random)
                    let at = Int64.random(in: 0..<8, using: &random)
                    let file = Model.File(holder: owner, key: String(key), bytes: bytes, at: at)
                    let text = String(format(step)) + String(repeating: "x", count: Int(bytes) - 4)
                    var isKept = true
                    do {
                        try await shelf.keep(
                            text, of: try holder(owner), key: BlobKey(key), purpose, settings,
                            at: Timestamp(microseconds: at))
                    } catch let refusal as Refusal {
                        #expect(refusal.code == .limitReached)
                        isKept = false
                    }
                    #expect(model.keep(file, limit: limit) == isKept)
                }
                let expected = Dictionary(grouping: model.files, by: \.holder)
                for name in ["a", "b", "@main", "@annexe"] {
                    #expect(
                        try Set(keys(shelf, holder(name))) == Set((expected[name] ?? []).map(\.key)), "step \(step)")
                }
                let found = try sums(shelf)
                #expect(found.kept == found.counted, "step \(step)")
            }
        }
    }

    /// Four digits.
    private func format(_ step: Int) -> Substring { String(10_000 + step).dropFirst() }

    @Test("Pictures of devices from before there were keys are kept, listed and counted as they were")
    func migrated() async throws {
        let database = try Database.open(DatabaseConfiguration(.memory))
        var older = BlobTable.migrations
        older.list = Array(older.list.prefix { $0.name != "0002-keys" })
        #expect(older.list.count == 1)
        try await database.migrate([RegistryTables.migrations, older], at: 0)
        let (one, two) = (String(repeating: "1", count: 64), String(repeating: "2", count: 64))
        try await database.write { transaction in
            for name in ["a", "b", "c"] {
                try transaction.execute(
                    "INSERT INTO device (id, kind, first_seen, last_seen) VALUES ($1, 'node', 1, 1)", [.text(name)])
            }
            for (hash, bytes) in [(one, 10), (two, 32)] {
                try transaction.execute(
                    "INSERT INTO blob (hash, bytes, media_type, created_at) VALUES ($1, $2, 'image/png', 5)",
                    [.text(hash), .integer(Int64(bytes))])
            }
            for (device, name, hash) in [("a", "picture", one), ("b", "picture", one), ("b", "plan", two)] {
                try transaction.execute(
                    "INSERT INTO blob_use (owner, device, name, hash, created_at) VALUES ('hub', $1, $2, $3, 7)",
                    [.text(device), .text(name), .text(hash)])
            }
        }
        #expect(
            try await database.migrate([RegistryTables.migrations, BlobTable.migrations], at: 1) == ["blobs/0002-keys"])
        let rows = try await database.read { reader in
            try reader.query(
                """
                SELECT device || ' ' || name || ' ' || key || ' ' || substr(hash, 1, 1) || ' ' || created_at FROM blob_use
                ORDER BY device, name
                """
            ).map { try $0.text(0) }
        }
        #expect(rows == ["a picture  1 7", "b picture  1 7", "b plan  2 7"])
        let sums = try await database.read { reader in
            try reader.query(
                "SELECT device || ' ' || name || ' ' || bytes FROM blob_sum ORDER BY device, name"
            ).map { try $0.text(0) }
        }
        #expect(sums == ["a picture 10", "b picture 10", "b plan 32"])
        let told = try await database.write { try $0.query("PRAGMA foreign_key_check").count }
        #expect(told == 0)
    }
}
