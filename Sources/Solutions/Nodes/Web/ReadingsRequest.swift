internal import HubModel
internal import SolutionKit

/// What is asked of a node's readings: `?field=&from=&to=&step=&agg=&limit=`, checked.
struct ReadingsRequest: Sendable {
    let fields: [String]?
    let from: Timestamp
    let to: Timestamp
    let step: TimeStep?
    let aggregate: Aggregate
    let limit: Int

    static let parameters = parametersOfSheet + [.tableForm]

    /// Those of an answer that is a sheet in any case.
    static let parametersOfSheet = [
        QueryParameter(
            "field",
            "a field's name; may be repeated, or be several, separated by commas, unless the node has a field of just that name; without it, all fields"
        ),
        QueryParameter("from", "the first instant, inclusive; an hour before to without it"),
        QueryParameter("to", "the end, exclusive; now without it"),
        QueryParameter(
            "step", "one row for each step: 10s, 10m, 1h, 1d; at most 366d", .string(pattern: "^[0-9]{1,9}[smhd]$")),
        QueryParameter(
            "agg", "with step: mean (also without it), min, max, sum, count, first or last",
            .words(Aggregate.allCases.map(\.rawValue))),
        QueryParameter(
            "limit",
            "at most this many rows, the newest, 1 to 100000; 10000 without it, or 100000 with step",
            .integer(minimum: 1, maximum: Int64(mostRows))),
    ]

    private static let mostRows = 100_000
    /// Reads the parameters.
    /// - Parameter known: the node's fields; a name with a comma in it is one of them, or a list.
    /// - Throws: `invalid_parameter`, `too_many_steps`.
    init(_ request: RouteRequest, of known: [NodeField], now: Timestamp) throws(Refusal) {
        let fields = try ReadingsRequest.fields(request, of: known)
        self.fields = fields
        to = try request.instant("to") ?? now
        from = try request.instant("from") ?? to.advanced(bySeconds: -3_600)
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
            ?? (step == nil ? 10_000 : ReadingsRequest.mostRows)
    }

    func query(for device: DeviceID) -> ReadingQuery {
        ReadingQuery(
            device: device, measurement: "telemetry", fields: fields, from: from, to: to, limit: limit,
            step: step.map { ($0.microseconds, aggregate) })
    }

    private static func fields(_ request: RouteRequest, of known: [NodeField]) throws(Refusal) -> [String]? {
        var fields: [String] = []
        for parameter in request.query where parameter.name == "field" {
            let isOne = known.contains { $0.name == parameter.value }
            let names = isOne ? [parameter.value] : parameter.value.split(separator: ",").map(String.init)
            for name in names where !fields.contains(name) {
                guard name.utf8.count <= TelemetryPayload.maximumNameBytes else {
                    throw Refusal(.invalidParameter, "A field's name has at most 64 bytes.")
                }
                fields.append(name)
            }
        }
        guard fields.count <= Node.maximumFields else {
            throw Refusal(.invalidParameter, "Ask for at most \(Node.maximumFields) fields at once.")
        }
        return fields.isEmpty ? nil : fields
    }
}
