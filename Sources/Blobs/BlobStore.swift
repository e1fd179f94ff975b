internal import Foundation
public import HubModel
public import SQL
public import SolutionKit
internal import Synchronization

/// The hub's files on the disk, with their rows (`BlobTable`): content-addressed, each stored once.
///
/// The promise that holds it together: a row that is committed has its file. A file is on the disk for good before its row goes down the line,
/// and files are removed only when no row names them and no upload of the last hour brought them whose row may be on its way: behind each
/// commit (`settle`), and by `sweep` what a crash has left.
public final class BlobStore: BlobShelf {
    /// The most files that come in at once; each costs a file descriptor.
    public static let maximumIncoming = 16
    /// The most of them that one uploader sends at once.
    public static let maximumIncomingPerUploader = 4
    /// How long a file may take to come in.
    static let longestUpload = Duration.seconds(600)
    /// How long a file that came in waits for its row. A route hands the row over at once.
    static let grace = Duration.seconds(3_600)

    private struct State {
        var incoming = 0
        var uploaders: [String: Int] = [:]
        /// What came in lately: its row may be on its way.
        var arrivals: [String: Arrival] = [:]
        var figures = BlobFigures()
    }

    private struct Arrival {
        /// How many uploads brought it of which nobody has said what became.
        var count: Int
        /// When the last of them did.
        var at: Duration
    }

    private let folder: BlobFolder
    private let table = BlobTable()
    private let uptime: @Sendable () -> Duration
    /// Files are put into their places and removed one at a time, by a thread that may wait for the disk.
    private let disk = DispatchQueue(label: "martlet.blobs")
    private let state = Mutex(State())

    /// Makes the folder, and removes what came in and was not finished when the last process ended.
    /// - Parameters:
    ///   - path: the folder; the tables that name its files are those of the same hub.
    ///   - uptime: time that nobody sets.
    /// - Throws: `BlobFailure`.
    public init(path: String, uptime: @escaping @Sendable () -> Duration) throws {
        folder = BlobFolder(path: path)
        self.uptime = uptime
        try folder.prepare()
    }

    /// Figures, as of the last sweep.
    var figures: BlobFigures { state.withLock { $0.figures } }

    // MARK: Taking in

    /// As `BlobShelf.receive`.
    public func receive(
        _ content: BodyStream, from uploader: String? = nil, upTo limit: Int,
        recognise: @Sendable ([UInt8]) throws(Refusal) -> String
    ) async throws -> ReceivedBlob {
        try begin(uploader)
        defer { end(uploader) }
        let begun = uptime()
        do {
            var file = try IncomingFile(in: folder.incoming)
            var head: [UInt8] = []
            var mediaType: String?
            while let piece = try await content.next() {
                guard uptime() - begun < BlobStore.longestUpload else {
                    throw Refusal(.malformedRequest, "Send a file within ten minutes.")
                }
                guard file.bytes + Int64(piece.count) <= Int64(limit) else {
                    throw Refusal(.tooLarge, "Send at most \(limit) bytes here.")
                }
                if mediaType == nil {
                    head += piece.prefix(BlobStore.headBytes - head.count)
                    if head.count == BlobStore.headBytes { mediaType = try recognise(head) }
                }
                try file.write(piece)
            }
            let type = try mediaType ?? recognise(head)
            return try await place(file, as: type)
        } catch {
            throw error.asAnswer
        }
    }

    private static let headBytes = 64

    private func begin(_ uploader: String?) throws(Refusal) {
        let isTaken = state.withLock { state in
            guard state.incoming < BlobStore.maximumIncoming else { return false }
            if let uploader {
                guard state.uploaders[uploader, default: 0] < BlobStore.maximumIncomingPerUploader else { return false }
                state.uploaders[uploader, default: 0] += 1
            }
            state.incoming += 1
            return true
        }
        guard isTaken else {
            throw Refusal(.overloaded, "Too many files come in at once; send this one again in a few seconds.")
        }
    }

    private func end(_ uploader: String?) {
        state.withLock { state in
            state.incoming -= 1
            guard let uploader, let count = state.uploaders[uploader] else { return }
            state.uploaders[uploader] = count > 1 ? count - 1 : nil
        }
    }

    /// Puts a file into its place, also in that of one with the same content, which may be damaged.
    private func place(_ file: consuming IncomingFile, as mediaType: String) async throws -> ReceivedBlob {
        let (hash, bytes) = (file.hash, file.bytes)
        // A box, because a closure that escapes cannot consume what it captured.
        let box = FileBox(file)
        try await onDisk { [self] in
            // First, so that a sweep that looks now leaves it alone.
            state.withLock { state in
                state.arrivals[hash] = Arrival(count: (state.arrivals[hash]?.count ?? 0) + 1, at: uptime())
            }
            try folder.prepare(for: hash)
            try box.file.place(at: folder.file(hash), in: folder.folder(String(hash.prefix(2))))
        }
        return ReceivedBlob(hash: hash, bytes: bytes, mediaType: mediaType)
    }

    private func onDisk<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            disk.async { continuation.resume(with: Result { try work() }) }
        }
    }

    // MARK: Rows

    /// As `BlobShelf.keep`.
    public func keep(
        _ blob: ReceivedBlob, as purpose: BlobPurpose, of holder: BlobHolder, key: BlobKey, _ settings: SettingValues,
        at instant: Timestamp, in transaction: Transaction
    ) throws -> [String] {
        // One that came in longer ago than a file waits for its row may be swept already.
        guard state.withLock({ $0.arrivals[blob.hash] != nil }) else {
            throw Refusal(.malformedRequest, "The file waited for too long: send it again, with less behind it.")
        }
        return try table.keep(blob, as: purpose, of: holder, key: key, settings, at: instant, in: transaction)
    }

    /// As `BlobShelf.drop`.
    public func drop(_ use: BlobUse, in transaction: Transaction) throws -> [String]? {
        try table.drop(use, in: transaction)
    }

    /// As `BlobShelf.kept`.
    public func kept(as use: BlobUse, in reader: some SQLReading) throws -> KeptBlob? {
        try table.kept(as: use, in: reader)
    }

    /// As `BlobShelf.files`.
    public func files(
        of holder: BlobHolder, as purpose: BlobPurpose, after place: BlobPlace?, limit: Int, in reader: some SQLReading
    ) throws -> [ListedBlob] {
        try table.files(of: holder, as: purpose, after: place, limit: limit, in: reader)
    }

    /// As `BlobShelf.hashes`.
    public func hashes(
        of name: String, owner: String, among devices: [DeviceID], in reader: some SQLReading
    ) throws -> [DeviceID: String] {
        try table.hashes(of: name, owner: owner, among: devices, in: reader)
    }

    /// As `BlobShelf.file`. The entity tag is the hash: other content has another one.
    public func file(of kept: KeptBlob) throws(Refusal) -> ResponseFile {
        guard folder.length(kept.blob.hash) == kept.blob.bytes else {
            throw Refusal(.notFound, "Send the file again: the hub has lost it, or it is damaged.")
        }
        return ResponseFile(
            path: folder.file(kept.blob.hash), entityTag: "\"\(kept.blob.hash)\"", modifiedAt: kept.since)
    }

    // MARK: Sweeping

    /// As `BlobShelf.settle`.
    public func settle(_ received: ReceivedBlob?, freed: [String], in database: Database) async {
        var hashes = Set(freed)
        if let received {
            hashes.insert(received.hash)
            state.withLock { state in
                guard let arrival = state.arrivals[received.hash] else { return }
                state.arrivals[received.hash] =
                    arrival.count > 1 ? Arrival(count: arrival.count - 1, at: arrival.at) : nil
            }
        }
        // What cannot be looked up or removed now, the next sweep finds.
        let named = try? await database.read { [table, hashes] in try table.named(among: hashes, in: $0) }
        guard let named else { return }
        let orphans = hashes.subtracting(named)
        guard !orphans.isEmpty else { return }
        _ = try? await onDisk { [self] in remove(orphans) }
    }

    /// Looks through all files and rows, a 256th part at a time: removes files that no row names, and notes which rows have no file.
    /// - Parameter line: by which it is noted.
    /// - Throws: `SQLFailure`; `Refusal` of the line.
    public func sweep(_ database: Database, _ line: some Line) async throws -> BlobFigures {
        var found = BlobFigures()
        let now = uptime()
        state.withLock { state in state.arrivals = state.arrivals.filter { now - $0.value.at < BlobStore.grace } }
        for beginning in BlobFolder.beginnings {
            let there = try await onDisk { [self] in folder.hashes(beginning) }
            // Behind the look at the disk: what comes in between is in the rows, or among the arrivals.
            let records = try await database.read { [table] in try table.records(beginning: beginning, in: $0) }
            let orphans = Set(there).subtracting(records.map(\.hash))
            found.removed += try await onDisk { [self] in remove(orphans) }
            let changed = try await onDisk { [self] in records.filter { isMissing($0) != ($0.missingSince != nil) } }
            if !changed.isEmpty { try await mark(changed, line) }
            found.files += records.count
            found.bytes += records.reduce(0) { $0 + $1.bytes }
            found.missing += try await onDisk { [self] in records.filter(isMissing) }.map(\.hash)
        }
        state.withLock { [found] in $0.figures = found }
        return found
    }

    private func isMissing(_ record: BlobTable.Record) -> Bool { folder.length(record.hash) != record.bytes }

    private func remove(_ orphans: Set<String>) -> Int {
        orphans.count { hash in
            guard state.withLock({ $0.arrivals[hash] == nil }) else { return false }
            return unlink(folder.file(hash)) == 0
        }
    }

    private func mark(_ changed: [BlobTable.Record], _ line: some Line) async throws {
        try await line.perform { [table] line in
            let transaction = try line.transaction()
            for record in changed {
                try table.mark(
                    record.hash, missingSince: record.missingSince == nil ? line.now : nil, in: transaction)
            }
        }
    }
}

/// Holds a file that came in for the thread that puts it into its place.
private final class FileBox: Sendable {
    let file: IncomingFile

    init(_ file: consuming IncomingFile) {
        self.file = file
    }
}
