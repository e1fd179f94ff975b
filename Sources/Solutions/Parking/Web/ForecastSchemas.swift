internal import HubModel
internal import SolutionKit

extension JSONWriter {
    /// Writes what a stale time does.
    /// - Parameter spotDays: over how many days of a spot it was replayed.
    mutating func write(_ replay: SpotReplay, staleSeconds: Int64, spotDays: Double) {
        object { json in
            json.member("stale_seconds", staleSeconds)
            json.member("unknowns", replay.stale.unknowns)
            json.member("false_unknowns", replay.stale.falseUnknowns)
            json.member("false_unknown_seconds", double: json.rounded(replay.stale.falseSeconds, to: 1))
            json.member("silences", replay.stale.silences)
            json.member("silences_seen", replay.stale.seen)
            json.member("mean_seconds_unaware") {
                $0.optional(
                    replay.stale.silences == 0 ? nil : replay.stale.unawareSeconds / Double(replay.stale.silences))
            }
            json.member("turnover") { json in
                if spotDays > 0 { json.double((Double(replay.arrivals) / spotDays).thousandths) } else { json.null() }
            }
        }
    }

    private mutating func optional(_ value: Double?) {
        optionalNumber(value.map { rounded($0, to: 10) })
    }

    private func rounded(_ value: Double, to parts: Double) -> Double { (value * parts).rounded() / parts }
}

/// The shapes of the replay.
extension JSONSchema {
    static let whatIfRequest = JSONSchema.object([
        .required("stale_seconds", .integer(minimum: 10, maximum: 604_800)),
        .optional("days", .integer(minimum: 1, maximum: 31), "How far back; 7 without it"),
    ])

    private static let staleReplay = JSONSchema.named(
        "StaleReplay",
        .object([
            .required("stale_seconds", .integer(minimum: 10)),
            .required("unknowns", .count, "How often a spot would have become unknown"),
            .required("false_unknowns", .count, "Of these, how often the next report said the same as the one before"),
            .required("false_unknown_seconds", .number, "For how long in all"),
            .required("silences", .count, "Silences in which something was missed, or that did not end"),
            .required("silences_seen", .count, "Of these, how many would have been seen"),
            .required(
                "mean_seconds_unaware", .nullable(.number), "How long pages went on showing what was not sure any more"),
            .required("turnover", .nullable(.number), "Cars that came, for each spot and day"),
        ]))

    static let whatIf = JSONSchema.object([
        .required("lot_id", .identifier),
        .required("from", .timestamp),
        .required("to", .timestamp),
        .required("spots", .count, "Spots that were replayed"),
        .required("reports", .count, "Reports that were replayed"),
        .required("is_sample", .boolean, "Whether there were more spots or reports than are replayed at once"),
        .required(
            "incomplete", .gaps,
            "Parts of the time of which reports are damaged, lost or out of reach; they are left out, not taken for silence"
        ),
        .required("present", staleReplay),
        .required("proposed", staleReplay),
    ])
}
