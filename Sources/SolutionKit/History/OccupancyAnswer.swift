internal import HubModel
public import SQL

extension StateTable {
    /// What a request asks for.
    /// - Throws: `too_many_steps` when more happened than is read for one answer; `SQLFailure`.
    public func history(
        of place: String, _ request: OccupancyRequest, in reader: some SQLReading
    ) throws -> OccupancyHistory {
        try history(
            of: place, from: request.from, to: request.knownTo, stepMicroseconds: request.stepSeconds * 1_000_000,
            in: reader)
    }
}

extension OccupancyHistory {
    /// The answer to a request, as JSON or as a sheet.
    public func answer(
        to request: OccupancyRequest, of place: String, _ words: PlaceWords, asCSV: Bool
    ) -> RouteResponse {
        guard !asCSV else { return .csv(sheet, named: "history") }
        return RouteResponse.json { writer in
            writer.object { writer in
                writer.member(words.member, place)
                writer.member("from", request.from)
                writer.member("to", request.to)
                writer.member("step_seconds", request.stepSeconds)
                writer.member("rows", rows) { $0.write($1) }
            }
        }
    }

    private var sheet: CSVWriter {
        var sheet = CSVWriter(
            ["at"] + ResourceState.allCases.map(\.rawValue) + [
                "changes", "occupied_mean", "occupied_min", "occupied_max", "known_seconds",
            ])
        for row in rows {
            let means = ResourceState.allCases.map { CSVWriter.Cell.number(row.roundedMean(of: $0)) }
            sheet.row(
                [.time(row.at)] + means + [
                    .integer(Int64(row.changes)), .number(row.occupied?.mean.rounded(to: 1_000)),
                    .integer(row.occupied.map { Int64($0.least) }), .integer(row.occupied.map { Int64($0.most) }),
                    .number(row.knownSeconds),
                ])
        }
        return sheet
    }
}

extension OccupancyHistory.Row {
    /// Three places: a thousandth of a resource is more than anybody wants to know.
    fileprivate func roundedMean(of state: ResourceState) -> Double? {
        means.map { ($0[state] ?? 0).rounded(to: 1_000) }
    }

    fileprivate var knownSeconds: Double { (Double(occupied?.knownMicroseconds ?? 0) / 1e6).rounded(to: 1_000) }
}

extension JSONWriter {
    fileprivate mutating func write(_ row: OccupancyHistory.Row) {
        object { writer in
            writer.member("at", row.at)
            for state in ResourceState.allCases {
                writer.member(state.rawValue, number: row.roundedMean(of: state))
            }
            writer.member("changes", row.changes)
            writer.member("occupied_mean", number: row.occupied?.mean.rounded(to: 1_000))
            writer.member("occupied_min", row.occupied.map { Int64($0.least) })
            writer.member("occupied_max", row.occupied.map { Int64($0.most) })
            writer.member("known_seconds", number: row.knownSeconds)
        }
    }
}

extension JSONSchema {
    /// The shape of an answer of occupancy in JSON.
    public static func occupancyHistory(_ words: PlaceWords) -> JSONSchema {
        let states = ResourceState.allCases.map { Property.required($0.rawValue, .nullable(.number)) }
        let row: [Property] =
            [.required("at", .timestamp)] + states + [
                .required("changes", .count),
                .required("occupied_mean", .nullable(.number), "On average over the known time; null without any"),
                .required("occupied_min", .nullable(.count), "The fewest at any instant of it"),
                .required("occupied_max", .nullable(.count), "The most at any instant of it"),
                .required(
                    "known_seconds", .number, "How long something was known of one \(words.resource) or more"),
            ]
        return .object([
            .required(words.member, .identifier), .required("from", .timestamp), .required("to", .timestamp),
            .required("step_seconds", .count),
            .required(
                "rows", .array(.object(row)),
                "\(words.capitalized) of each status, on average over the part of the step in which the \(words.place) had \(words.resources); null without any"
            ),
        ])
    }
}
