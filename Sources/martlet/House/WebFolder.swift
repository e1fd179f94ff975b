internal import Foundation

/// Where the pages and their third-party parts are.
struct WebFolder: Sendable {
    /// The folder `Web`.
    let web: String
    /// The folder `vendor/web`, beside it.
    let vendor: String

    /// Takes the folder that is named, or looks for `Web` in the program's folder, above it, and in `share/martlet`
    /// beside it.
    /// - Throws: `SettingError` when there is no `index.html` in any of them.
    static func find(_ named: String?) throws -> WebFolder {
        if let named {
            guard isPages(named) else {
                throw SettingError("MARTLET_WEB is \(named), but there is no index.html in it")
            }
            return WebFolder(web: named)
        }
        let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        var folder = program
        var candidates = [program.appendingPathComponent("../share/martlet").standardizedFileURL]
        for _ in 0..<5 {
            candidates.append(folder)
            folder = folder.deletingLastPathComponent()
        }
        for candidate in candidates where isPages(candidate.path + "/Web") {
            return WebFolder(web: candidate.path + "/Web")
        }
        throw SettingError(
            "the folder Web with the pages is neither beside the program nor above it; name it with --web")
    }

    private init(web: String) {
        self.web = web
        vendor = URL(fileURLWithPath: web).deletingLastPathComponent().path + "/vendor/web"
    }

    private static func isPages(_ folder: String) -> Bool {
        FileManager.default.fileExists(atPath: folder + "/index.html")
    }
}
