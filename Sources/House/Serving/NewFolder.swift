internal import Foundation

/// A folder that gets its name when it is whole: it is filled beside its place under a name that nobody has, and nothing of it stays
/// when that fails.
struct NewFolder {
    /// Where it will be: absolute, without `.`, `..`, a slash at the end or symbolic links on the way.
    let path: String
    /// Where it is filled.
    let unfinished: String
    /// An empty folder has the name already, and may be a mount point: it stays, and what was made moves into it.
    private let fillsEmpty: Bool
    /// Folders on the way that had to be made, the deepest last.
    private let made: [String]

    /// - Parameters:
    ///   - name: what a person wrote.
    ///   - mayBeEmpty: whether an empty folder may have the name already.
    /// - Throws: `SettingError` when the name is none, or taken; `CocoaError`.
    init(named name: String, mayBeEmpty: Bool = false) throws {
        let files = FileManager.default
        path = try NewFolder.resolved(name)
        let isTaken = FileFacts.isTaken(path)
        let isEmpty = isTaken && (try? files.contentsOfDirectory(atPath: path))?.isEmpty == true
        guard !isTaken || mayBeEmpty && isEmpty else {
            throw SettingError(
                mayBeEmpty
                    ? "\(name) is not empty; move it away first, nothing is overwritten"
                    : "\(name) exists already; name a folder that does not")
        }
        fillsEmpty = isTaken
        var missing: [String] = []
        var parent = (path as NSString).deletingLastPathComponent
        while !files.fileExists(atPath: parent) {
            missing.append(parent)
            parent = (parent as NSString).deletingLastPathComponent
        }
        made = missing.reversed()
        let rights: [FileAttributeKey: Any] = [.posixPermissions: 0o700]
        for folder in made {
            try files.createDirectory(atPath: folder, withIntermediateDirectories: false, attributes: rights)
        }
        let place = fillsEmpty ? path + "/" : (path as NSString).deletingLastPathComponent + "/"
        let stem = place + "." + (path as NSString).lastPathComponent + ".partial-\(getpid())"
        var number = 0
        while true {
            let candidate = number == 0 ? stem : "\(stem)-\(number)"
            if mkdir(candidate, 0o700) == 0 {
                unfinished = candidate
                return
            }
            guard errno == EEXIST, number < 100 else {
                let reason = String(cString: strerror(errno))
                for folder in made.reversed() { rmdir(folder) }
                throw SettingError("\(name) cannot be made: \(reason)")
            }
            number += 1
        }
    }

    /// Fills it, and gives it its name.
    /// - Parameter last: the entry that makes it what it is; nobody takes the folder for it before all others are there.
    func fill<T>(last: String, _ body: (String) async throws -> T) async throws -> T {
        do {
            let result = try await body(unfinished)
            try finish(last: last)
            return result
        } catch {
            try? FileManager.default.removeItem(atPath: unfinished)
            for folder in made.reversed() { rmdir(folder) }
            throw error
        }
    }

    private func finish(last: String) throws {
        let files = FileManager.default
        guard fillsEmpty else {
            guard rename(unfinished, path) == 0 else {
                throw SettingError("\(path) cannot be made: \(String(cString: strerror(errno)))")
            }
            return
        }
        let names = try files.contentsOfDirectory(atPath: unfinished).filter { $0 != last }
        for name in names + [last] {
            try files.moveItem(atPath: unfinished + "/" + name, toPath: path + "/" + name)
        }
        try files.removeItem(atPath: unfinished)
    }

    /// A path as a person writes it, made absolute; what is there of it with its symbolic links followed.
    /// - Throws: `SettingError` for an empty one.
    static func resolved(_ name: String) throws -> String {
        guard !name.trimmingCharacters(in: .whitespaces).isEmpty else {
            throw SettingError("the name of the folder is empty; name one that does not exist yet")
        }
        let absolute = name.hasPrefix("/") ? name : FileManager.default.currentDirectoryPath + "/" + name
        var parts: [Substring] = []
        var base = "/"
        for part in absolute.split(separator: "/") where part != "." {
            guard part == ".." else {
                parts.append(part)
                continue
            }
            // A link's parent is that of the place where it leads.
            base = real(base + parts.joined(separator: "/"))
            parts = base.split(separator: "/").dropLast().map { $0 }
            base = "/"
        }
        var there = parts
        var rest: [Substring] = []
        while !there.isEmpty {
            // A link that leads nowhere is a name that is taken, and stays as it is.
            if FileManager.default.fileExists(atPath: "/" + there.joined(separator: "/")) { break }
            rest.insert(there.removeLast(), at: 0)
        }
        let existing = real("/" + there.joined(separator: "/"))
        return (existing == "/" ? "" : existing) + rest.map { "/" + $0 }.joined()
    }

    private static func real(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Whether a path is a folder or lies in it.
    static func isInside(_ path: String, _ folder: String) -> Bool {
        path == folder || path.hasPrefix(folder == "/" ? "/" : folder + "/")
    }
}
