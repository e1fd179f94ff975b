internal import Foundation

/// What the system says of a file. By Foundation's words: which module declares the C structure `stat` depends on how this one is
/// built, as a whole or file by file.
struct FileFacts {
    /// The rights of owner, group and others: 0o000...0o777.
    let rights: Int
    /// The number of the user whom it belongs to.
    let owner: Int

    /// The facts of what a path leads to; nil when there is nothing.
    init?(of path: String) {
        let place = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        guard let facts = try? FileManager.default.attributesOfItem(atPath: place),
            let rights = (facts[.posixPermissions] as? NSNumber)?.intValue,
            let owner = (facts[.ownerAccountID] as? NSNumber)?.intValue
        else { return nil }
        self.rights = rights & 0o777
        self.owner = owner
    }

    /// Whether a name is taken, be it by a link that leads nowhere.
    static func isTaken(_ path: String) -> Bool {
        (try? FileManager.default.attributesOfItem(atPath: path)) != nil
    }

    /// Whether a descriptor's file is still the one that a path leads to; true where the system does not tell.
    static func isOpen(_ descriptor: Int32, at path: String) -> Bool {
        // Of a file that was removed or replaced Linux says "PATH (deleted)", of one that was moved where it is now.
        guard let open = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(descriptor)")
        else {
            return true
        }
        return open == URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    }
}
