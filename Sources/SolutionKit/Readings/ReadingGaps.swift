public import HubModel

/// How answers that are made of readings say that some of those are lost or out of reach: what is not there must not pass for silence.
extension ReadingGap {
    /// Gaps of several tables as those of one: by time, those of one reason that overlap or touch as one.
    public static func merged(_ gaps: some Sequence<ReadingGap>) -> [ReadingGap] {
        var merged: [ReadingGap] = []
        for gap in Set(gaps).sorted(by: { ($0.reason.rawValue, $0.from) < ($1.reason.rawValue, $1.from) }) {
            if let last = merged.last, last.reason == gap.reason, gap.from <= last.to {
                merged[merged.count - 1].to = max(last.to, gap.to)
            } else {
                merged.append(gap)
            }
        }
        return merged.sorted { ($0.from, $0.to) < ($1.from, $1.to) }
    }

    /// The header of a CSV answer that says what is not in it, as RFC 8941 writes lists of items with parameters: a line more in the sheet
    /// would be taken for data. Nil when all is whole.
    public static func header(_ gaps: [ReadingGap]) -> (name: String, value: String)? {
        guard !gaps.isEmpty else { return nil }
        let items = gaps.map { "\"\($0.from)/\($0.to)\";reason=\($0.reason.rawValue)" }
        return ("Martlet-Incomplete", items.joined(separator: ", "))
    }
}

extension JSONSchema {
    /// The shape of a list of gaps.
    public static let gaps = JSONSchema.array(
        .object([
            .required("from", .timestamp), .required("to", .timestamp),
            .required("reason", .words(ReadingGap.Reason.allCases.map(\.rawValue))),
        ]))
}

extension JSONWriter {
    /// Writes a list of gaps under the name `incomplete`.
    public mutating func member(incomplete gaps: [ReadingGap]) {
        array("incomplete") { json in
            for gap in gaps {
                json.object { json in
                    json.member("from", gap.from)
                    json.member("to", gap.to)
                    json.member("reason", gap.reason.rawValue)
                }
            }
        }
    }
}
