internal import Logging

/// Says once when files are taken away from under the running hub, and once when they are back. While the database's are gone nothing
/// is stored, and so nothing acknowledged: the database sees to that at each commit.
struct StorageWatch {
    private let stored: Stored
    private let folder: DataFolder
    private let authority: AuthorityWatch
    private let logger: Logger
    private var wasInPlace = true
    private var wasLocked = true

    init(_ stored: Stored, _ folder: DataFolder, _ authority: AuthorityWatch, logger: Logger) {
        self.stored = stored
        self.folder = folder
        self.authority = authority
        self.logger = logger
    }

    /// Why the hub is not ready, for those who ask it.
    static let reason = "the files of the database were removed, moved or replaced"

    /// Looks; costs some microseconds.
    /// - Returns: whether the database's files are where they belong.
    mutating func look() -> Bool {
        let isInPlace = stored.isInPlace
        if isInPlace != wasInPlace {
            wasInPlace = isInPlace
            if isInPlace {
                logger.notice(
                    "The files of the database are back; storing goes on", metadata: ["file": .string(folder.database)])
            } else {
                logger.error(
                    """
                    The files of the database were removed, moved or replaced while the hub runs. Nothing is stored or acknowledged \
                    any more. Put the same files back and it goes on; if they are lost, stop the hub and restore a backup
                    """, metadata: ["file": .string(folder.database)])
            }
        }
        if isInPlace { keepLock() }
        authority.look()
        return isInPlace
    }

    /// Without the lock file a second hub could start in the same folder.
    private mutating func keepLock() {
        guard !folder.holdsLock else { return }
        if folder.lockAnew() {
            wasLocked = true
            try? stored.sign(isAtWork: true)
            logger.warning("The lock file of the data folder was removed; it was made anew")
        } else if wasLocked {
            wasLocked = false
            logger.error("Another martlet uses the data folder, because its lock file was removed; stop one of the two")
        }
    }
}
