internal import HubModel
internal import SolutionKit

/// What somebody saw at a tank: a picture, and what they say of it. The picture is a file of the tank's device, the note a row beside it.
struct Inspection: Sendable {
    /// Its number, which is the key of its picture as well.
    let id: BlobKey
    let at: Timestamp
    let note: InspectionNote
    let picture: ReceivedBlob

    /// How pictures are kept: two years, and 256 MiB of each site. A site that is full says so; nothing disappears unasked.
    static let purpose = BlobPurpose(
        owner: "tanks", name: "inspection", title: "pictures of water tanks", setting: "MARTLET_TANKS_INSPECTION",
        maximumBytes: 2 << 30, mebibytesPerSite: 256, days: 730)

    /// The most bytes of a picture.
    static let maximumBytes = 8 << 20

    /// The most inspections of a tank.
    static let most = 500
}

/// What is said of a picture.
struct InspectionNote: Sendable {
    /// At most 500 bytes; it may be empty.
    let text: String
    /// Who made it, by name; nil: nobody knows.
    let author: String?

    /// The most bytes of a note.
    static let maximumBytes = 500

    /// What somebody says.
    init(_ text: String, by caller: Caller) {
        self.text = text
        author =
            switch caller.identity {
            case .person(_, let name, _), .token(_, let name, _): name
            case .anonymous, .open, .device, .keyless, .link, .shell, .hub: nil
            }
    }

    /// A note as it was kept.
    init(text: String, author: String?) {
        self.text = text
        self.author = author
    }
}

extension JSONWriter {
    /// Writes an inspection.
    mutating func write(_ inspection: Inspection) {
        object {
            $0.member("inspection_id", inspection.id.text)
            $0.member("at", inspection.at)
            $0.member("note", inspection.note.text)
            $0.member("author", inspection.note.author)
            $0.member("media_type", inspection.picture.mediaType)
            $0.member("bytes", inspection.picture.bytes)
        }
    }
}

extension JSONSchema {
    static let inspection = JSONSchema.named(
        "TankInspection",
        .object([
            .required("inspection_id", .identifier), .required("at", .timestamp),
            .required("note", .string(maximumLength: InspectionNote.maximumBytes)),
            .required("author", .nullable(.text), "Who made it; null: nobody knows"),
            .required("media_type", .words(PictureFormat.mediaTypes)), .required("bytes", .count),
        ]))
}
