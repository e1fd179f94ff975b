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

    /// Keeps a file that came in, in the place of what was kept for the same. Where the device's site has too many bytes of its sort and the
    /// settings say so, those go that were kept first.
    /// - Returns: files that nothing names any more, by their hashes: for `settle`, once that is committed.
    /// - Throws: `limit_reached`; `SQLFailure`.
    func keep(
        _ blob: ReceivedBlob, as purpose: BlobPurpose, of device: DeviceID, _ settings: SettingValues,
        at instant: Timestamp, in transaction: Transaction
    ) throws -> [String]

    /// Keeps the file of this use no longer.
    /// - Returns: nil: there was none; else what nothing names any more, by its hash: for `settle`, once that is committed.
    func drop(_ use: BlobUse, in transaction: Transaction) throws -> [String]?

    /// What is kept for this use; nil: nothing.
    func kept(as use: BlobUse, in reader: some SQLReading) throws -> KeptBlob?

    /// The hashes of the files of this owner and name, of those of the devices that have one.
    func hashes(
        of name: String, owner: String, among devices: [DeviceID], in reader: some SQLReading
    ) throws -> [DeviceID: String]

    /// The file, to be sent.
    /// - Throws: `not_found` when it is missing on the disk.
    func file(of kept: KeptBlob) throws(Refusal) -> ResponseFile
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

/// What a file is kept for: of each there is one file at most.
public struct BlobUse: Hashable, Sendable {
    /// Whose it is: a solution's id, or `hub`.
    public let owner: String
    /// The device that it belongs to.
    public let device: DeviceID
    /// What it is of the device, such as `picture`; at most 64 bytes.
    public let name: String

    /// A use.
    public init(owner: String, device: DeviceID, name: String) {
        self.owner = owner
        self.device = device
        self.name = name
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
        _ blob: ReceivedBlob, as purpose: BlobPurpose, of device: DeviceID, _ settings: SettingValues,
        at instant: Timestamp, in transaction: Transaction
    ) throws -> [String] { throw Refusal.storageUnavailable }

    /// Nil.
    public func drop(_ use: BlobUse, in transaction: Transaction) throws -> [String]? { nil }

    /// Nil.
    public func kept(as use: BlobUse, in reader: some SQLReading) throws -> KeptBlob? { nil }

    /// None.
    public func hashes(
        of name: String, owner: String, among devices: [DeviceID], in reader: some SQLReading
    ) throws -> [DeviceID: String] { [:] }

    /// Throws `not_found`.
    public func file(of kept: KeptBlob) throws(Refusal) -> ResponseFile {
        throw Refusal(.notFound, "This hub keeps no files.")
    }
}
