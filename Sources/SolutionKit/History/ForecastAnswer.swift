internal import HubModel

/// What a forecast is given as.
extension OccupancyForecast {
    /// The answer for a place, as JSON or as a sheet.
    /// - Parameter zone: the place's time zone.
    public func answer(of place: String, in zone: String, _ words: PlaceWords, asCSV: Bool) -> RouteResponse {
        guard asCSV else { return RouteResponse.json { $0.write(self, of: place, in: zone, words) } }
        var sheet = CSVWriter(["at", "free", words.resources])
        for (number, free) in free.enumerated() {
            let free = free.map { $0.rounded(to: 10) }
            sheet.row([.time(instant(ofQuarter: number)), .number(free), .integer(Int64(resources))])
        }
        return .csv(sheet, named: "forecast")
    }

    fileprivate func instant(ofQuarter number: Int) -> Timestamp {
        begin.advanced(byMicroseconds: Int64(number) * TimeSlots.quarterHour)
    }
}

extension JSONWriter {
    fileprivate mutating func write(
        _ forecast: OccupancyForecast, of place: String, in zone: String, _ words: PlaceWords
    ) {
        object { json in
            json.member(words.member, place)
            json.member("from", forecast.begin)
            json.member("time_zone", zone)
            json.member(words.resources, forecast.resources)
            json.member("basis") { $0.writeBasis(of: forecast) }
            json.array("quarters") { json in
                for (number, free) in forecast.free.enumerated() {
                    json.object { json in
                        json.member("at", forecast.instant(ofQuarter: number))
                        json.member("free", number: free?.rounded(to: 10))
                    }
                }
            }
            json.member("error") { json in
                guard let miss = forecast.miss else { return json.null() }
                json.object { json in
                    json.member("mean_absolute", double: miss.meanAbsolute.rounded(to: 100))
                    json.member("quarters", miss.quarters)
                }
            }
            json.member("usually_full", forecast.fullness) { $0.write($1) }
        }
    }

    private mutating func writeBasis(of forecast: OccupancyForecast) {
        object { json in
            json.member("weeks", forecast.basis.count)
            json.member("used", forecast.basis) { json, week in
                json.object { json in
                    json.member("weeks_ago", week.weeksAgo)
                    json.member("from", week.from)
                    json.member("weight", double: week.weight.rounded(to: 1_000))
                }
            }
            json.member("difference_now", number: forecast.difference?.rounded(to: 10))
            json.member("half_life_minutes", OccupancyForecast.halfLifeMinutes)
        }
    }

    private mutating func write(_ fullness: OccupancyForecast.Fullness) {
        let date = CivilDate(daysSince1970: Int(fullness.day))
        object { json in
            json.member("date", "\(date.year)-\(json.digits(date.month))-\(json.digits(date.day))")
            json.member("by", fullness.byMinute.map { "\(json.digits($0 / 60)):\(json.digits($0 % 60))" })
            json.member("full_weeks", fullness.fullWeeks)
            json.member("weeks", fullness.weeks)
        }
    }

    private func digits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

extension Double {
    /// The nearest whole number of parts of one.
    func rounded(to parts: Double) -> Double { (self * parts).rounded() / parts }
}

extension JSONSchema {
    /// The shape of a forecast in JSON.
    /// - Parameter name: its own in the API's description.
    public static func forecast(_ name: String, _ words: PlaceWords) -> JSONSchema {
        .named(
            name,
            .object([
                .required(words.member, .identifier),
                .required("from", .timestamp, "The beginning of the first quarter"),
                .required("time_zone", .text),
                .required(words.resources, .count, "\(words.capitalized) in service"),
                .required("basis", forecastBasis(words)),
                .required(
                    "quarters",
                    .array(
                        .object([
                            .required("at", .timestamp),
                            .required(
                                "free", .nullable(.number),
                                "Free \(words.resources) on average; null: nothing is known"),
                        ]))),
                .required(
                    "error",
                    .nullable(
                        .object([
                            .required(
                                "mean_absolute", .number,
                                "\(words.capitalized): last week, forecast from the weeks before, against what came"),
                            .required("quarters", .count, "Over so many quarters"),
                        ]))),
                .required("usually_full", .array(fullness(words))),
            ]))
    }

    private static func forecastBasis(_ words: PlaceWords) -> JSONSchema {
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
                "How many more \(words.resources) are free now than usual; it counts for less and less"),
            .required("half_life_minutes", .count, "After so long for half"),
        ])
    }

    private static func fullness(_ words: PlaceWords) -> JSONSchema {
        .object([
            .required("date", .string(pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), "Today, tomorrow"),
            .required(
                "by", .nullable(.string(pattern: "^[0-9]{2}:[0-9]{2}$")),
                "On the \(words.place)'s clock; null: usually it does not fill up"),
            .required("full_weeks", .count, "In so many past weeks it was full on this weekday"),
            .required("weeks", .count, "Of so many that are known"),
        ])
    }
}
