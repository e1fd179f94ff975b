internal import HubModel
internal import SolutionKit

extension JSONWriter {
    /// Writes a forecast as docs/parking-api.md shows it.
    mutating func write(_ forecast: OccupancyForecast, of lot: Lot, clock: inout LocalClock) {
        object { json in
            json.member("lot_id", lot.id.text)
            json.member("from", forecast.begin)
            json.member("time_zone", lot.timeZone)
            json.member("spots", forecast.resources)
            json.object("basis") { json in
                json.member("weeks", forecast.basis.count)
                json.array("used") { json in
                    for week in forecast.basis {
                        json.object { json in
                            json.member("weeks_ago", week.weeksAgo)
                            json.member("from", week.from)
                            json.member("weight", double: json.rounded(week.weight, to: 1_000))
                        }
                    }
                }
                json.member("difference_now") { $0.optional(forecast.difference) }
                json.member("half_life_minutes", OccupancyForecast.halfLifeMinutes)
            }
            json.array("quarters") { json in
                for (number, free) in forecast.free.enumerated() {
                    json.object { json in
                        json.member(
                            "at", forecast.begin.advanced(byMicroseconds: Int64(number) * TimeSlots.quarterHour))
                        json.member("free") { $0.optional(free) }
                    }
                }
            }
            json.member("error") { json in
                if let miss = forecast.miss {
                    json.object { json in
                        json.member("mean_absolute", double: json.rounded(miss.meanAbsolute, to: 100))
                        json.member("quarters", miss.quarters)
                    }
                } else {
                    json.null()
                }
            }
            json.member("usually_full", forecast.fullness) { $0.write($1) }
        }
    }

    private mutating func write(_ fullness: OccupancyForecast.Fullness) {
        let date = CivilDate(daysSince1970: Int(fullness.day))
        object { json in
            json.member("date", "\(date.year)-\(json.digits(date.month))-\(json.digits(date.day))")
            json.member("by") { json in
                if let minute = fullness.byMinute {
                    json.string("\(json.digits(minute / 60)):\(json.digits(minute % 60))")
                } else {
                    json.null()
                }
            }
            json.member("full_weeks", fullness.fullWeeks)
            json.member("weeks", fullness.weeks)
        }
    }

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

    private func digits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

/// The shapes of forecast and replay.
extension JSONSchema {
    static let forecast = JSONSchema.named(
        "Forecast",
        .object([
            .required("lot_id", .identifier),
            .required("from", .timestamp, "The beginning of the first quarter"),
            .required("time_zone", .text),
            .required("spots", .count, "Spots in service"),
            .required(
                "basis",
                .object([
                    .required("weeks", .count, "How many past weeks it is made of; 0: there is no forecast"),
                    .required(
                        "used",
                        .array(
                            .object([
                                .required("weeks_ago", .integer(minimum: 1)),
                                .required("from", .timestamp, "The instant of that week that stands for now"),
                                .required("weight", .number, "All together make 1"),
                            ]))),
                    .required(
                        "difference_now", .nullable(.number),
                        "How many more spots are free now than usual; it counts for less and less"),
                    .required("half_life_minutes", .count, "After so long for half"),
                ])),
            .required(
                "quarters",
                .array(
                    .object([
                        .required("at", .timestamp),
                        .required("free", .nullable(.number), "Free spots on average; null: nothing is known"),
                    ]))),
            .required(
                "error",
                .nullable(
                    .object([
                        .required(
                            "mean_absolute", .number,
                            "Spots: last week, forecast from the weeks before, against what came"),
                        .required("quarters", .count, "Over so many quarters"),
                    ]))),
            .required(
                "usually_full",
                .array(
                    .object([
                        .required("date", .string(pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), "Today, tomorrow"),
                        .required(
                            "by", .nullable(.string(pattern: "^[0-9]{2}:[0-9]{2}$")),
                            "On the lot's clock; null: usually it does not fill up"),
                        .required("full_weeks", .count, "In so many past weeks it was full on this weekday"),
                        .required("weeks", .count, "Of so many that are known"),
                    ]))),
        ]))

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
