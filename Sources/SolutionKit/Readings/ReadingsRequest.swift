public import HubModel

/// What is asked of a device's readings: `?field=&from=&to=&step=&agg=&limit=`, checked.
public struct ReadingsRequest: Sendable {
    /// The fields; nil: all.
    public let fields: [String]?
    /// The first instant, inclusive.
    public let from: Timestamp
    /// The end, exclusive.
    public let to: Timestamp
    /// One row for each step; nil: one for each report.
    public let step: TimeStep?
    /// What the values of a step become.
    public let aggregate: Aggregate
    /// The most rows, of which the newest are given.
    public let limit: Int

    private static let mostRows = 100_000
    private static let mostRowsUnlessAsked = 10_000
    /// The most fields of one request, and of one device.
    private static let mostFields = 256
    /// In bytes.
    private static let longestName = 64
    /// Seconds before `to` at which an answer begins that says nothing else.
    private static let usualSeconds: Int64 = 3_600

    /// The parameters of a route that answers in JSON or as a sheet.
    /// - Parameter device: what the solution calls a device, such as `sensor`.
    public static func parameters(of device: String) -> [QueryParameter] {
        parametersOfSheet(of: device) + [.tableForm]
    }

    /// Those of an answer that is a sheet in any case.
    /// - Parameter device: what the solution calls a device, such as `sensor`.
    public static func parametersOfSheet(of device: String) -> [QueryParameter] {
        [
            QueryParameter(
                "field",
                "a field's name; may be repeated, or be several, separated by commas, unless the \(device) has a field of just that name; without it, all fields"
            ),
            QueryParameter("from", "the first instant, inclusive; an hour before to without it"),
            QueryParameter("to", "the end, exclusive; now without it"),
            QueryParameter(
                "step", "one row for each step: 10s, 10m, 1h, 1d; at most 366d",
                .string(pattern: "^[0-9]{1,9}[smhd]$")),
            QueryParameter(
                "agg", "with step: mean (also without it), min, max, sum, count, first or last",
                .words(Aggregate.allCases.map(\.rawValue))),
            QueryParameter(
                "limit",
                "at most this many rows, the newest, 1 to 100000; 10000 without it, or 100000 with step",
                .integer(minimum: 1, maximum: Int64(mostRows))),
        ]
    }

    /// Reads the parameters.
    /// - Parameter known: the names of the device's fields; a name with a comma in it is one of them, or a list.
    /// - Throws: `invalid_parameter`.
    public init(_ request: RouteRequest, of known: [String], now: Timestamp) throws(Refusal) {
        fields = try ReadingsRequest.fields(request, of: known)
        to = try request.instant("to") ?? now
        from = try request.instant("from") ?? to.advanced(bySeconds: -ReadingsRequest.usualSeconds)
        guard from < to else { throw Refusal(.invalidParameter, "from is before to.") }
        if let text = request.given("step") {
            guard let step = TimeStep(text) else {
                throw Refusal(
                    .invalidParameter, "step is a whole number with s, m, h or d, such as 10m, and at most 366d.")
            }
            self.step = step
        } else {
            step = nil
        }
        if let aggregate = try request.word("agg", of: Aggregate.self) {
            guard step != nil else { throw Refusal(.invalidParameter, "agg needs a step.") }
            self.aggregate = aggregate
        } else {
            aggregate = .mean
        }
        limit =
            try request.whole("limit", in: 1...ReadingsRequest.mostRows)
            ?? (step == nil ? ReadingsRequest.mostRowsUnlessAsked : ReadingsRequest.mostRows)
    }

    /// What is asked of history.
    func query(for source: ReadingSource) -> ReadingQuery {
        ReadingQuery(
            device: source.device, measurement: source.measurement, fields: fields, from: from, to: to, limit: limit,
            step: step.map { ($0.microseconds, aggregate) })
    }

    private static func fields(_ request: RouteRequest, of known: [String]) throws(Refusal) -> [String]? {
        var fields: [String] = []
        for parameter in request.query where parameter.name == "field" {
            let isOne = known.contains(parameter.value)
            let names = isOne ? [parameter.value] : parameter.value.split(separator: ",").map(String.init)
            for name in names where !fields.contains(name) {
                guard name.utf8.count <= longestName else {
                    throw Refusal(.invalidParameter, "A field's name has at most \(longestName) bytes.")
                }
                fields.append(name)
            }
        }
        guard fields.count <= mostFields else {
            throw Refusal(.invalidParameter, "Ask for at most \(mostFields) fields at once.")
        }
        return fields.isEmpty ? nil : fields
    }
}
