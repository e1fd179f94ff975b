internal import Blobs
internal import Foundation
internal import HubModel
internal import Registry
internal import SQL
internal import SolutionKit
internal import Trust

/// A data folder as the commands for people, devices and audit work on it, whether the hub runs or not.
struct AdministrationFolder: Sendable {
    /// Where it is.
    let path: String
    /// Its database; the hub may be writing to it as well.
    let database: Database
    /// Whoever is at the keyboard: they may read the folder, so they may do everything.
    let caller: Caller

    /// How long another command may take to make the tables, in steps of a twentieth of a second: five seconds.
    private static let attempts = 100

    /// When a command makes the folder that is not there. One that is made by mistake beside the hub's own takes names and hands out
    /// keys that are good for nothing.
    enum Making {
        case never
        /// When somebody has named it, by `--data` or in the environment.
        case named
        /// When somebody has asked for it.
        case asked
    }

    /// Opens a data folder, does something with it, and closes it.
    /// - Throws: `ExitCode`, after the reason was written to standard error.
    static func use(
        _ data: String?, makes: Making = .never, _ body: (AdministrationFolder) async throws -> Void
    ) async throws {
        try await Failure.explained {
            let path = DataOption.path(data)
            let mayMake = makes == .asked || makes == .named && DataOption.isNamed(data)
            guard mayMake || FileManager.default.fileExists(atPath: path + "/martlet.db") else {
                try FolderSigns(path: path).requireDatabase()
                throw SettingError(
                    """
                    \(path) is not a data folder: there is no martlet.db in it. Name the hub's folder with --data, or make a new hub \
                    there first: \(Invocation.program) serve --data \(path)
                    """)
            }
            let database = try await AdministrationFolder.open(path)
            let caller = Caller(.shell(name: UserName.ofProcess()), grants: Grants(everywhere: .all))
            do {
                try await body(AdministrationFolder(path: path, database: database, caller: caller))
            } catch {
                try? database.close()
                throw error
            }
            try database.close()
        }
    }

    /// What may be done with people, and its rules.
    var people: PeopleAdministration {
        PeopleAdministration(
            roles: Solutions.current.catalogue.roles, audit: AuditRegistry())
    }

    /// What may be done with devices, sites and certificates, and its rules.
    var devices: DeviceAdministration {
        DeviceAdministration(
            rights: DeviceRights(Solutions.current.all), audit: AuditRegistry(),
            forget: { try BlobTable().drop(allOf: $0, in: $1) })
    }

    /// Changes something of devices, in one transaction.
    func changeDevices<T: Sendable>(
        _ body: @Sendable (DeviceAdministration, Administrator, Transaction) throws -> T
    ) async throws -> T {
        let (devices, caller) = (devices, caller)
        return try await change { try body(devices, Administrator(caller, at: $1), $0) }
    }

    /// Changes something of people, in one transaction.
    func changePeople<T: Sendable>(
        _ body: @Sendable (PeopleAdministration, Caller, Timestamp, Transaction) throws -> T
    ) async throws -> T {
        let (people, caller) = (people, caller)
        return try await change { try body(people, caller, $1, $0) }
    }

    /// Changes something, in one transaction.
    func change<T: Sendable>(_ body: @Sendable (Transaction, Timestamp) throws -> T) async throws -> T {
        let now = SystemClock().now()
        return try await database.write { try body($0, now) }
    }

    /// Opens the database. While no hub runs, its tables are brought up to date; a hub that runs has done that itself.
    private static func open(_ path: String) async throws -> Database {
        for attempt in 1...attempts {
            // A hub that is just starting may not have made its database yet.
            if FileManager.default.fileExists(atPath: path + "/martlet.db"), DataFolder.isInUse(path) {
                let configuration = DatabaseConfiguration(.file(path + "/martlet.db"), readers: 1)
                let database = try Database.open(configuration)
                if await isCurrent(database) { return database }
                try database.close()
            } else if let folder = try lock(path, isLast: attempt == attempts) {
                defer { folder.unlock() }
                let signs = FolderSigns(path: path)
                try signs.requireDatabase()
                let now = SystemClock().now().microseconds
                if let lost = try signs.lostLog ?? signs.keepDamagedLog(now: now) {
                    Output.note("\(Invocation.program): \(lost)")
                }
                let database: Database
                do {
                    database = try Database.open(DatabaseConfiguration(.file(folder.database), readers: 1))
                } catch {
                    throw signs.refusal(error) ?? error
                }
                do {
                    try await database.migrate(Stored.migrations(of: .current), at: now)
                } catch let failure as MigrationFailure {
                    try? database.close()
                    throw SettingError("\(path) does not fit this version of martlet: \(failure)")
                }
                if let hub = signs.hub { try signs.sign(hub, isAtWork: false) }
                return database
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        guard FileManager.default.fileExists(atPath: path + "/martlet.db") else {
            throw SettingError(
                "martlet.db in \(path) is missing although a martlet runs on it; stop it and put the file back")
        }
        throw SettingError(
            "the martlet that uses \(path) is of another version than this command; use its own command")
    }

    /// Locks the folder; nil when another command, or a hub, was faster.
    private static func lock(_ path: String, isLast: Bool) throws -> DataFolder? {
        do {
            return try DataFolder(path)
        } catch {
            guard !isLast, DataFolder.isInUse(path) else { throw error }
            return nil
        }
    }

    /// Whether the tables are exactly those of this program.
    private static func isCurrent(_ database: Database) async -> Bool {
        let groups = Stored.migrations(of: .current)
        let recorded = try? await database.read { reader in
            try groups.map { group in
                try reader.query(
                    "SELECT name FROM schema_migration WHERE owner = $1 ORDER BY position", [.text(group.owner)]
                ).map { try $0.text(0) }
            }
        }
        return recorded == groups.map { $0.list.map(\.name) }
    }
}

/// Who runs this process.
enum UserName {
    /// The name of its user, as the system knows it; the number when it has none.
    static func ofProcess() -> String {
        let number = geteuid()
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16_384)
        guard getpwuid_r(number, &entry, &buffer, buffer.count, &found) == 0, found != nil, let name = entry.pw_name
        else { return "uid \(number)" }
        return String(cString: name)
    }
}
