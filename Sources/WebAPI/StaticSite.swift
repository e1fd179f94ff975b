import Compression
import Foundation
package import NIOCore
import SolutionKit

/// A file of the pages, as it is served.
package struct StaticFile: Sendable {
    /// The content.
    package let content: ByteBuffer
    /// The same as gzip; nil where that is not worth it.
    package let gzipped: ByteBuffer?
    /// The media type.
    package let contentType: String
    /// A strong entity tag out of the content, with its quotes.
    package let entityTag: String
    /// What the page may ask a browser for.
    fileprivate(set) var features: Set<BrowserFeature> = []
    /// The pages for which it may answer as a service worker; nil: it is none.
    fileprivate(set) var workerScope: String?

    /// A file; compressed here, once, if it is text.
    package init(_ bytes: [UInt8], contentType: String) {
        self.content = ByteBuffer(bytes: bytes)
        self.gzipped = StaticFile.isText(contentType) ? Gzip.compressed(bytes).map { ByteBuffer(bytes: $0) } : nil
        self.contentType = contentType
        self.entityTag = EntityTag.of(bytes)
    }
}

extension StaticFile {
    /// Pictures and fonts are compressed already.
    private static func isText(_ contentType: String) -> Bool {
        contentType.hasPrefix("text/") || contentType.hasPrefix("application/") || contentType == "image/svg+xml"
    }
}

/// The files of the pages, read into memory once at the start. A request's path is only ever looked up among them: no
/// path reaches the file system.
package struct StaticSite: Sendable {
    /// Files by their path in the address.
    package private(set) var files: [String: StaticFile] = [:]
    /// What is missing, in words for the log.
    package private(set) var shortcomings: [String] = []
    private let pages: [String]
    private let rules: [PageRules]

    /// The most bytes that all files together may have.
    package static let maximumBytes = 67_108_864

    /// Reads the pages from `web`, those of solutions that have none there from `more`, and third-party parts from `vendor`. What `web` has,
    /// none of `more` can replace.
    package init(
        web: String, more: [String] = [], vendor: String, pages: [String], rules: [PageRules] = []
    ) {
        self.pages = pages
        self.rules = rules
        var room = StaticSite.maximumBytes
        for folder in more { read(folder: folder, below: "", room: &room) }
        read(folder: web, below: "", room: &room)
        if files["/index.html"] == nil { shortcomings.append("there is no index.html in \(web)") }
        for rule in rules {
            if let worker = rule.worker { files[worker]?.workerScope = rule.path }
        }
        let before = files.count
        read(folder: vendor, below: "/vendor", room: &room)
        if files.count == before {
            shortcomings.append("there are no third-party parts in \(vendor); scripts/fetch-web gets them")
        }
    }

    /// The file for a raw path: the one of this name, or the page's frame for the path of a page; nil if there is none.
    package func file(_ path: Substring) -> StaticFile? {
        guard let path = PercentCoding.decode(path) else { return nil }
        return files[path] ?? (isPage(path) ? frame(of: path) : nil)
    }

    private func frame(of page: String) -> StaticFile {
        var frame = frame
        frame.features = rules.first { $0.cover(page) }?.features ?? []
        return frame
    }

    /// What every page begins with, before it is known which it is; without the pages' files, a page that says so.
    package var frame: StaticFile {
        shortcomings.isEmpty ? files["/index.html"] ?? StaticSite.notInstalled : StaticSite.notInstalled
    }

    private func isPage(_ path: String) -> Bool {
        let path = path.count > 1 && path.last == "/" ? String(path.dropLast()) : path
        return pages.contains { page in
            page.hasSuffix("/*") ? path.hasPrefix(page.dropLast()) && path.utf8.count >= page.utf8.count : path == page
        }
    }

    private mutating func read(folder: String, below prefix: String, room: inout Int) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for name in names.sorted() where name.first != "." {
            let path = folder + "/" + name
            let type = (try? FileManager.default.attributesOfItem(atPath: path))?[.type] as? FileAttributeType
            switch type {
            case .typeDirectory:
                read(folder: path, below: prefix + "/" + name, room: &room)
            case .typeRegular:
                // Kinds that pages have no use for are not served: a README says nothing to a browser.
                guard let contentType = StaticSite.contentType(of: name) else { continue }
                guard let data = FileManager.default.contents(atPath: path), data.count <= room else {
                    shortcomings.append("\(path) could not be read, or is too large")
                    continue
                }
                room -= data.count
                files[prefix + "/" + name] = StaticFile(Array(data), contentType: contentType)
            default:
                // Links might lead out of the folder.
                continue
            }
        }
    }

    private static func contentType(of name: String) -> String? {
        switch name.split(separator: ".").last.map({ $0.lowercased() }) {
        case "html": "text/html; charset=utf-8"
        case "js", "mjs": "text/javascript; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "json", "map": "application/json"
        case "webmanifest": "application/manifest+json"
        case "svg": "image/svg+xml"
        case "png": "image/png"
        case "jpg", "jpeg": "image/jpeg"
        case "webp": "image/webp"
        case "ico": "image/x-icon"
        case "woff2": "font/woff2"
        case "txt": "text/plain; charset=utf-8"
        default: nil
        }
    }

    private static let notInstalled = StaticFile(
        Array(
            """
            <!doctype html>
            <html lang="en"><meta charset="utf-8"><title>Martlet</title>
            <h1>Martlet is running, its pages are not installed</h1>
            <p>The hub takes messages and answers under <a href="/api/system">/api</a>. The log says which files of the
            pages are missing; <code>./run</code> installs them.</p></html>

            """.utf8), contentType: "text/html; charset=utf-8")
}
