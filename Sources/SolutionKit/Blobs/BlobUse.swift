public import HubModel

/// To what a file belongs.
public enum BlobHolder: Hashable, Sendable {
    /// A device: its files count for the site where it is, and go when it is removed.
    case device(DeviceID)
    /// A site, such as a plan of its floors, whatever devices are there.
    case site(SiteID)
}

/// Tells the files of one holder and purpose apart: 1 to 64 bytes of letters, digits and `. _ - : @`, or nothing where there is one file.
public struct BlobKey: Hashable, Sendable, CustomStringConvertible {
    /// The key.
    public let text: String

    /// The most bytes of a key.
    public static let maximumBytes = 64

    /// The key of the one file of a holder, which is empty.
    public static let only = BlobKey(known: "")

    /// A key if it keeps the rule above; nil otherwise, and for an empty text.
    public init?(_ text: String) {
        guard !text.isEmpty, text.utf8.count <= BlobKey.maximumBytes, text.utf8.allSatisfy(BlobKey.isAllowed) else {
            return nil
        }
        self.text = text
    }

    /// A number as a key.
    public init(_ number: Int64) { self.init(known: String(number)) }

    /// A key out of a table, which was checked when it was written.
    package init(known text: String) { self.text = text }

    /// The key.
    public var description: String { text }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"),
            UInt8(ascii: ":"), UInt8(ascii: "@"):
            true
        default: false
        }
    }
}

/// What a file is kept for: of each use there is one file at most.
public struct BlobUse: Hashable, Sendable {
    /// Whose it is: a solution's id, or `hub`.
    public let owner: String
    /// What it is of its holder, such as `picture`; at most 64 bytes.
    public let name: String
    /// To what it belongs.
    public let holder: BlobHolder
    /// Which of the holder's files of this name it is.
    public let key: BlobKey

    /// A use.
    public init(owner: String, name: String, of holder: BlobHolder, key: BlobKey = .only) {
        self.owner = owner
        self.name = name
        self.holder = holder
        self.key = key
    }
}

/// A file of a list.
public struct ListedBlob: Hashable, Sendable {
    /// What tells it apart from the others of the list.
    public let key: BlobKey
    /// The file.
    public let file: KeptBlob

    /// A file.
    public init(key: BlobKey, file: KeptBlob) {
        self.key = key
        self.file = file
    }

    /// Where it is in the list: the next page comes behind it, also when it is removed meanwhile.
    public var place: BlobPlace { BlobPlace(since: file.since, key: key) }
}

/// A place in a list of files, newest first. As text it is the `next` of a page (docs/paging.md).
public struct BlobPlace: Hashable, Sendable {
    /// Since when the file of this place is kept.
    public let since: Timestamp
    /// Its key.
    public let key: BlobKey

    /// The shape of its text, for the description of the API.
    public static let schema = JSONSchema.string(minimumLength: 2, maximumLength: 20 + 1 + BlobKey.maximumBytes)

    /// A place.
    public init(since: Timestamp, key: BlobKey) {
        self.since = since
        self.key = key
    }

    /// A place out of its text; nil when the text is none.
    public init?(_ text: String) {
        guard let end = text.firstIndex(of: "_"), let microseconds = Int64(text[..<end]) else { return nil }
        let rest = String(text[text.index(after: end)...])
        guard let key = rest.isEmpty ? .only : BlobKey(rest) else { return nil }
        self.init(since: Timestamp(microseconds: microseconds), key: key)
    }

    /// Its text: microseconds since 1970, an underscore and the key.
    public var text: String { "\(since.microseconds)_\(key)" }
}

extension RouteRequest {
    /// The place in a list of files behind which a page is wanted; nil when none is given.
    /// - Throws: `invalid_parameter`.
    public func blobPlace(_ name: String = "after") throws(Refusal) -> BlobPlace? {
        guard let text = given(name) else { return nil }
        guard let place = BlobPlace(text) else {
            throw Refusal(.invalidParameter, "\(name) is the next of the page before.")
        }
        return place
    }
}
