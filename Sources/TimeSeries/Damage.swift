/// Something of the sealed telemetry that is not there as it was stored. It is named once, where it is found, and each answer whose
/// range it touches says so from then on.
public struct Damage: Sendable, Hashable {
    /// What happened.
    public enum Reason: String, Sendable, Hashable, CaseIterable {
        /// The month's file is gone.
        case missing
        /// It has no bytes.
        case empty
        /// It cannot be opened: its rights, or the disk.
        case unreadable
        /// It is no database of a month any more, or SQLite finds its structure broken.
        case damaged
        /// It belongs to another hub.
        case foreign
        /// It holds fewer reports than were sealed into it: an older copy of itself.
        case outdated
        /// The bytes of one chunk do not agree with their checksum.
        case chunk
    }

    /// What happened.
    public var reason: Reason
    /// The file's name, such as `telemetry-2026-01.db`.
    public var file: String
    /// The name under which the file was set aside, nil where it was not.
    public var setAside: String?
    /// The range of time that is incomplete for it, µs since 1970 UTC.
    public var range: Range<Int64>
    /// What the engine or the codec said.
    public var detail: String

    /// Makes a note.
    public init(_ reason: Reason, file: String, setAside: String? = nil, range: Range<Int64>, detail: String = "") {
        self.reason = reason
        self.file = file
        self.setAside = setAside
        self.range = range
        self.detail = detail
    }
}

extension Damage {
    init(_ reason: Reason, _ month: Month, setAside: String? = nil, detail: String = "") {
        self.init(
            reason, file: month.fileName, setAside: setAside, range: month.start..<month.next.start, detail: detail)
    }
}

extension Damage: CustomStringConvertible {
    /// One sentence for the log and for `check`.
    public var description: String {
        let what =
            switch reason {
            case .missing: "\(file) is missing"
            case .empty: "\(file) is empty"
            case .unreadable: "\(file) cannot be opened"
            case .damaged: "\(file) is damaged"
            case .foreign: "\(file) belongs to another hub"
            case .outdated: "\(file) holds less than was stored in it"
            case .chunk: "\(file) has a damaged chunk"
            }
        return what + (detail.isEmpty ? "" : " (\(detail))") + (setAside.map { "; it was set aside as \($0)" } ?? "")
    }
}

/// A part of an answer's range for which not everything that was stored could be read.
public struct Gap: Sendable, Hashable {
    /// The part, µs since 1970 UTC.
    public var range: Range<Int64>
    /// Why.
    public var reason: Damage.Reason

    /// Makes a gap.
    public init(_ range: Range<Int64>, _ reason: Damage.Reason) {
        self.range = range
        self.reason = reason
    }
}

/// The gaps of one answer: by time, those of one reason that touch as one, and bounded in number, the rest as one more.
package struct Gaps: Sendable {
    /// More tell nobody anything.
    package static let limit = 100
    private var found: [Gap] = []
    private let whole: Range<Int64>

    package init(in range: Range<Int64>) {
        whole = range
    }

    var isEmpty: Bool { found.isEmpty }

    package mutating func add(_ range: Range<Int64>, _ reason: Damage.Reason) {
        let part = range.clamped(to: whole)
        guard !part.isEmpty else { return }
        if let last = found.last, last.reason == reason,
            last.range.overlaps(part) || last.range.upperBound == part.lowerBound
                || last.range.lowerBound == part.upperBound
        {
            found[found.count - 1].range =
                min(last.range.lowerBound, part.lowerBound)..<max(last.range.upperBound, part.upperBound)
        } else {
            found.append(Gap(part, reason))
        }
    }

    /// By time.
    package var list: [Gap] {
        var sorted: [Gap] = []
        for gap in found.sorted(by: {
            ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
        }) {
            if let last = sorted.last, last.reason == gap.reason, last.range.upperBound >= gap.range.lowerBound {
                sorted[sorted.count - 1].range =
                    last.range.lowerBound..<max(last.range.upperBound, gap.range.upperBound)
            } else {
                sorted.append(gap)
            }
        }
        guard sorted.count > Gaps.limit else { return sorted }
        let rest = sorted[(Gaps.limit - 1)...]
        let end = rest.map(\.range.upperBound).max() ?? whole.upperBound
        return sorted[..<(Gaps.limit - 1)] + [Gap(rest[rest.startIndex].range.lowerBound..<end, .damaged)]
    }
}
