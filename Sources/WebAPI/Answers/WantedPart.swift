import HTTPTypes
import HubModel
import HummingbirdCore

/// What a client says of the version of a resource that it has, and of the part that it wants (RFC 9110, sections 13 and 14).
package struct WantedPart: Sendable {
    /// What is to be sent.
    package enum Outcome: Hashable, Sendable {
        /// All of it.
        case whole
        /// The word that the client has it already: 304.
        case notModified
        /// These bytes: 206.
        case part(Range<Int64>)
        /// The part is beyond the end: 416.
        case unsatisfiable
    }

    private let ifNoneMatch: String?
    private let ifModifiedSince: String?
    private let range: String?
    private let ifRange: String?

    /// What header fields say.
    package init(
        ifNoneMatch: String? = nil, ifModifiedSince: String? = nil, range: String? = nil, ifRange: String? = nil
    ) {
        self.ifNoneMatch = ifNoneMatch
        self.ifModifiedSince = ifModifiedSince
        self.range = range
        self.ifRange = ifRange
    }

    init(_ request: Request) {
        // Only a GET may be told that nothing has changed, or be given a part; HEAD is a GET without the content.
        guard request.method == .get || request.method == .head else {
            self.init()
            return
        }
        self.init(
            ifNoneMatch: request.headers[.ifNoneMatch], ifModifiedSince: request.headers[.ifModifiedSince],
            range: request.method == .get ? request.headers[.range] : nil, ifRange: request.headers[.ifRange])
    }

    /// What is to be sent of a resource.
    /// - Parameters:
    ///   - entityTag: a strong one, with its quotes; nil: it has none.
    ///   - modified: when it last changed, as HTTP writes it; nil: it does not say.
    ///   - length: its bytes; nil: it cannot be given in parts.
    package func outcome(entityTag: String?, modified: String?, length: Int64?) -> Outcome {
        if isKnown(entityTag: entityTag, modified: modified) { return .notModified }
        guard let length, let range, isCurrent(entityTag: entityTag, modified: modified) else { return .whole }
        return WantedPart.part(range, of: length)
    }

    /// Whether the client has this very version. A date counts only when it is the very one that was sent: clocks of two machines are
    /// never compared.
    private func isKnown(entityTag: String?, modified: String?) -> Bool {
        if let ifNoneMatch {
            guard let entityTag else { return false }
            return WantedPart.matches(ifNoneMatch, entityTag)
        }
        return modified != nil && ifModifiedSince == modified
    }

    /// Whether a part of the present version fits what the client has of it.
    private func isCurrent(entityTag: String?, modified: String?) -> Bool {
        guard let ifRange else { return true }
        return ifRange == entityTag || ifRange == modified
    }

    /// Whether one of the tags of an `If-None-Match` names a version, compared weakly (RFC 9110, section 8.8.3.2).
    package static func matches(_ header: String, _ tag: String) -> Bool {
        header.split(separator: ",").contains { candidate in
            let candidate = candidate.drop { $0 == " " || $0 == "\t" }
            let end = candidate.lastIndex { $0 != " " && $0 != "\t" }
            guard let end else { return false }
            let trimmed = candidate[...end]
            return trimmed == "*" || (trimmed.hasPrefix("W/") ? trimmed.dropFirst(2) : trimmed) == tag
        }
    }

    /// One range of bytes (RFC 9110, section 14.1.2). What is malformed, of another unit or several ranges is ignored, as a server may.
    private static func part(_ range: String, of length: Int64) -> Outcome {
        guard range.lowercased().hasPrefix("bytes=") else { return .whole }
        let text = range.dropFirst("bytes=".count).filter { $0 != " " }
        let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard !text.contains(","), ends.count == 2, ends.allSatisfy({ $0.utf8.allSatisfy(isDigit) }) else {
            return .whole
        }
        switch (ends[0].isEmpty, ends[1].isEmpty) {
        case (true, true): return .whole
        case (true, false):
            // The last bytes, of which there may be fewer.
            let count = min(Int64(ends[1]) ?? .max, length)
            return count == 0 ? .unsatisfiable : .part(length - count..<length)
        case (false, _):
            let first = Int64(ends[0]) ?? .max
            let last = ends[1].isEmpty ? .max : Int64(ends[1]) ?? .max
            guard first <= last else { return .whole }
            return first < length ? .part(first..<min(last, length - 1) + 1) : .unsatisfiable
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
