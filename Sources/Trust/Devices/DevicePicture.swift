internal import HubModel
internal import SQL
public import SolutionKit

/// A picture of a device, or a plan of the place where it is: what it may be.
public enum DevicePicture {
    /// What pictures are kept for, how long, and how many.
    public static let purpose = BlobPurpose(
        owner: "hub", name: "picture", title: "pictures of devices", setting: "MARTLET_PICTURE",
        maximumBytes: 2 << 30, mebibytesPerSite: 512)

    /// The most bytes of one.
    static let maximumBytes = 8 << 20

    static let jpeg = "image/jpeg"
    static let png = "image/png"
    static let webp = "image/webp"
    static let mediaTypes = [jpeg, png, webp]

    /// Of what the picture of a device is kept.
    static func use(_ device: DeviceID) -> BlobUse { purpose.use(of: device) }

    /// Of those devices of a list that have one, a word that changes with it.
    static func tags(
        _ entries: [DeviceListing.Entry], _ blobs: some BlobShelf, in reader: some SQLReading
    ) throws -> [DeviceID: String] {
        try blobs.hashes(of: purpose.name, owner: purpose.owner, among: entries.map(\.id), in: reader).mapValues {
            String($0.prefix(16))
        }
    }

    /// The media type of a picture by its first bytes, whatever its sender calls it: a page must not pass for one.
    /// - Throws: `unsupported_media_type`.
    static func recognise(_ head: [UInt8]) throws(Refusal) -> String {
        // JPEG: ISO/IEC 10918-1, annex B; PNG: third edition, section 5.2; WebP: RFC 9649, section 2.4.
        if head.starts(with: [0xFF, 0xD8, 0xFF]) { return jpeg }
        if head.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return png }
        if head.starts(with: "RIFF".utf8), head.dropFirst(8).starts(with: "WEBP".utf8) { return webp }
        throw Refusal(.unsupportedMediaType, "Send a picture in JPEG, PNG or WebP.")
    }

    /// What a browser calls the file.
    static func fileName(_ device: DeviceID, _ mediaType: String) -> String {
        // A colon is no letter of a file's name on every system.
        let name = device.text.map { $0 == ":" || $0 == "@" ? "-" : String($0) }.joined()
        return "\(name).\(mediaType == jpeg ? "jpg" : String(mediaType.dropFirst("image/".count)))"
    }
}
