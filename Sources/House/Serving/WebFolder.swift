internal import Foundation

/// Where the pages and their third-party parts are.
struct WebFolder: Sendable {
    /// The folder `Web`.
    let web: String
    /// The folder `vendor/web`, beside it.
    let vendor: String
    /// Folders with pages of solutions that have none in `Web`; each holds what is served below `/`.
    let more: [String]

    /// Takes the folder that is named, or looks for `Web` in the program's folder, above it, and in `share/martlet`
    /// beside it.
    /// - Parameter more: folders of pages beside it, looked for at the same places.
    /// - Throws: `SettingError` when there is no `index.html` in any of them, or when one of `more` is nowhere.
    static func find(_ named: String?, more: [String] = []) throws -> WebFolder {
        let candidates = WebFolder.candidates
        let more = try more.map { folder in
            guard let path = candidates.map({ "\($0)/\(folder)" }).first(where: FileManager.default.fileExists) else {
                throw SettingError("the folder \(folder) with pages is neither beside the program nor above it")
            }
            return path
        }
        if let named {
            guard isPages(named) else {
                throw SettingError("MARTLET_WEB is \(named), but there is no index.html in it")
            }
            return WebFolder(web: named, more: more)
        }
        for candidate in candidates where isPages(candidate + "/Web") {
            return WebFolder(web: candidate + "/Web", more: more)
        }
        throw SettingError(
            "the folder Web with the pages is neither beside the program nor above it; name it with --web")
    }

    private init(web: String, more: [String]) {
        self.web = web
        self.more = more
        vendor = URL(fileURLWithPath: web).deletingLastPathComponent().path + "/vendor/web"
    }

    /// Where folders of pages may lie.
    private static var candidates: [String] {
        let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        var folder = program
        var candidates = [program.appendingPathComponent("../share/martlet").standardizedFileURL]
        for _ in 0..<5 {
            candidates.append(folder)
            folder = folder.deletingLastPathComponent()
        }
        return candidates.map(\.path)
    }

    private static func isPages(_ folder: String) -> Bool {
        FileManager.default.fileExists(atPath: folder + "/index.html")
    }
}
