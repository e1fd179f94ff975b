/// A solution that keeps files. What it keeps them for, how long and how many, is declared here, and the hub's retention goes by it.
public protocol HasBlobs: Solution {
    /// The sorts of files.
    var blobs: [BlobPurpose] { get }
}

/// Files of one sort. They belong to devices or to sites (`BlobHolder`): one file to each, or several under keys. How long they are kept and how
/// many bytes of them a site has, anyone who runs the hub sets.
public struct BlobPurpose: Sendable {
    /// What happens when a site has as many bytes of them as it may.
    public enum WhenFull: String, CaseIterable, Sendable {
        /// A new file is refused with `limit_reached`.
        case refuse
        /// The files of the site that were kept first go, as many as it takes.
        case oldestGo = "oldest-go"
    }

    /// Whose they are: a solution's id, or `hub`.
    public let owner: String
    /// What they are of their holder, one word of at most 64 bytes: `picture`.
    public let name: String
    /// What they are, for people, in the middle of a sentence: `pictures of devices`.
    public let title: String
    /// The most bytes of all of them together.
    public let maximumBytes: Int64
    /// For how many days a file is kept; 0: for ever.
    public let days: DeclaredSetting
    /// The most MiB of them that one site has: its own and those of its devices together.
    public let mebibytesPerSite: DeclaredSetting
    /// What happens beyond that.
    public let whenFull: TypedSetting<WhenFull>

    /// A sort of files.
    /// - Parameters:
    ///   - setting: how the names of its settings begin, `MARTLET_PICTURE`: `…_DAYS`, `…_SITE_MIB` and `…_WHEN_FULL` are made of it.
    ///   - mebibytesPerSite: the default.
    public init(
        owner: String, name: String, title: String, setting: String, maximumBytes: Int64, mebibytesPerSite: Int,
        days: Int = 0, whenFull: WhenFull = .refuse
    ) {
        self.owner = owner
        self.name = name
        self.title = title
        self.maximumBytes = maximumBytes
        self.days = .days("\(setting)_DAYS", "Days for which \(title) are kept; 0: for ever", standard: days)
        self.mebibytesPerSite = DeclaredSetting(
            "\(setting)_SITE_MIB",
            "MiB of \(title) that one site has, with those of its devices. Beyond: as \(setting)_WHEN_FULL says",
            range: 1...1_048_576, standard: mebibytesPerSite)
        self.whenFull = .choice(
            "\(setting)_WHEN_FULL",
            "What happens when a site has as many MiB of \(title) as it may: refuse the new one (429), or remove those of the site that were kept first",
            standard: whenFull)
    }

    /// The use of a file of this sort.
    public func use(of holder: BlobHolder, key: BlobKey = .only) -> BlobUse {
        BlobUse(owner: owner, name: name, of: holder, key: key)
    }

    /// All of its settings.
    public var settings: [DeclaredSetting] { [days, mebibytesPerSite, whenFull.declared] }

    /// The most bytes of them at one site.
    public func bytesPerSite(_ settings: SettingValues) -> Int64 { Int64(settings[mebibytesPerSite]) << 20 }
}
