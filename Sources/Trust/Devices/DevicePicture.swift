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

    /// Of what the picture of a device is kept.
    static func use(_ device: DeviceID) -> BlobUse { purpose.use(of: .device(device)) }

    /// Of those devices of a list that have one, a word that changes with it.
    static func tags(
        _ entries: [DeviceListing.Entry], _ blobs: some BlobShelf, in reader: some SQLReading
    ) throws -> [DeviceID: String] {
        try blobs.hashes(of: purpose.name, owner: purpose.owner, among: entries.map(\.id), in: reader).mapValues {
            String($0.prefix(16))
        }
    }
}
