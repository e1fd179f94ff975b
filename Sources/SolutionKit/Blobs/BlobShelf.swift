public import HubModel
public import SQL

/// The hub's files, such as pictures: each is stored once, under the hash of its content, and the tables say what it is kept for.
///
/// A file is taken in before the change that names it goes down the line: it is on the disk for good before the row is, and so before anybody
/// is told that it is kept. One that no row comes to name is removed again after a while.
public protocol BlobShelf: Sendable {
    /// Takes a file in while it comes, and returns when it is on the disk for good.
    /// - Parameters:
    ///   - uploader: who sends it, such as an account: nobody takes all places; nil: nobody in particular.
    ///   - limit: the most bytes.
    ///   - recognise: says of the first bytes (at most 64) what media type they begin; throws for a file that is not wanted.
    /// - Throws: `too_large`; `overloaded` when too many come at once; `storage_unavailable` when there is no room; what `recognise` and the
    ///   stream throw. Nothing of the file stays then.
    func receive(
        _ content: BodyStream, from uploader: String?, upTo limit: Int,
        recognise: @Sendable ([UInt8]) throws(Refusal) -> String
    ) async throws -> ReceivedBlob

    /// Says that it is settled what became of a file that came in: its row is committed, or will not come. Files that nothing names are removed
    /// from the disk. To be called after each `receive`, behind the commit or the refusal.
    /// - Parameter freed: what `keep` and `drop` gave back.
    func settle(_ received: ReceivedBlob?, freed: [String], in database: Database) async

    /// Keeps a file that came in, in the place of what was kept under the same key. Where the holder's site has too many bytes of its sort and
    /// the settings say so, those go that were kept first.
    /// - Parameter key: tells several files of one holder apart; `.only` where there is one.
    /// - Returns: files that nothing names any more, by their hashes: for `settle`, once that is committed.
    /// - Throws: `limit_reached`; `SQLFailure`.
    func keep(
        _ blob: ReceivedBlob, as purpose: BlobPurpose, of holder: BlobHolder, key: BlobKey, _ settings: SettingValues,
        at instant: Timestamp, in transaction: Transaction
    ) throws -> [String]

    /// Keeps the file of this use no longer.
    /// - Returns: nil: there was none; else what nothing names any more, by its hash: for `settle`, once that is committed.
    func drop(_ use: BlobUse, in transaction: Transaction) throws -> [String]?

    /// What is kept for this use; nil: nothing.
    func kept(as use: BlobUse, in reader: some SQLReading) throws -> KeptBlob?

    /// The files of a holder and purpose, newest first: for lists in pages (`Page`).
    /// - Parameters:
    ///   - place: only those behind it; nil: from the newest.
    ///   - limit: at most so many.
    func files(
        of holder: BlobHolder, as purpose: BlobPurpose, after place: BlobPlace?, limit: Int, in reader: some SQLReading
    ) throws -> [ListedBlob]

    /// The hashes of the files of this owner and name, of those of the devices that have one under the key `.only`.
    func hashes(
        of name: String, owner: String, among devices: [DeviceID], in reader: some SQLReading
    ) throws -> [DeviceID: String]

    /// The file, to be sent.
    /// - Throws: `not_found` when it is missing on the disk.
    func file(of kept: KeptBlob) throws(Refusal) -> ResponseFile
}

extension BlobShelf {
    /// Lets a change name a file that came in, and settles what became of the file: behind its commit, or when it was refused.
    /// - Parameter change: goes down the line, keeps the file there, and returns what `keep` gave back, with a value.
    /// - Throws: what the change throws.
    public func settling<Value: Sendable>(
        _ received: ReceivedBlob, in database: Database, _ change: () async throws -> (freed: [String], value: Value)
    ) async throws -> Value {
        do {
            let (freed, value) = try await change()
            await settle(received, freed: freed, in: database)
            return value
        } catch {
            await settle(received, freed: [], in: database)
            throw error
        }
    }
}

/// A file that is on the disk, and that no row names yet.
public struct ReceivedBlob: Hashable, Sendable {
    /// SHA-256 of its content: 64 small hexadecimal digits.
    public let hash: String
    /// Its length.
    public let bytes: Int64
    /// What it holds.
    public let mediaType: String

    /// A file.
    public init(hash: String, bytes: Int64, mediaType: String) {
        self.hash = hash
        self.bytes = bytes
        self.mediaType = mediaType
    }
}

/// A file that is kept.
public struct KeptBlob: Hashable, Sendable {
    /// The file.
    public let blob: ReceivedBlob
    /// Since when it is kept for its use.
    public let since: Timestamp

    /// A file.
    public init(_ blob: ReceivedBlob, since: Timestamp) {
        self.blob = blob
        self.since = since
    }
}

/// A shelf of a hub that keeps no files: it is empty, and takes nothing in.
public struct NoBlobs: BlobShelf {
    /// An empty shelf.
    public init() {}

    /// Throws `storage_unavailable`.
    public func receive(
        _ content: BodyStream, from uploader: String?, upTo limit: Int,
        recognise: @Sendable ([UInt8]) throws(Refusal) -> String
    ) async throws -> ReceivedBlob { throw Refusal.storageUnavailable }

    /// There is nothing to settle.
    public func settle(_ received: ReceivedBlob?, freed: [String], in database: Database) async {}

    /// Throws `storage_unavailable`.
    public func keep(
        _ blob: ReceivedBlob, as purpose: BlobPurpose, of holder: BlobHolder, key: BlobKey, _ settings: SettingValues,
        at instant: Timestamp, in transaction: Transaction
    ) throws -> [String] { throw Refusal.storageUnavailable }

    /// Nil.
    public func drop(_ use: BlobUse, in transaction: Transaction) throws -> [String]? { nil }

    /// Nil.
    public func kept(as use: BlobUse, in reader: some SQLReading) throws -> KeptBlob? { nil }

    /// None.
    public func files(
        of holder: BlobHolder, as purpose: BlobPurpose, after place: BlobPlace?, limit: Int, in reader: some SQLReading
    ) throws -> [ListedBlob] { [] }

    /// None.
    public func hashes(
        of name: String, owner: String, among devices: [DeviceID], in reader: some SQLReading
    ) throws -> [DeviceID: String] { [:] }

    /// Throws `not_found`.
    public func file(of kept: KeptBlob) throws(Refusal) -> ResponseFile {
        throw Refusal(.notFound, "This hub keeps no files.")
    }
}
