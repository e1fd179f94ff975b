public import HubModel

/// What is asked of a place's occupancy over time: `?from=&to=&step=`, checked.
public struct OccupancyRequest: Sendable {
    /// The first instant.
    public let from: Timestamp
    /// The end, exclusive.
    public let to: Timestamp
    /// The end of what can be known: the future is not, whatever was asked for.
    public let knownTo: Timestamp
    /// How long a step is, 1 or more.
    public let stepSeconds: Int64

    private static let mostSteps: Int64 = 10_000
    /// A span longer than this would read too many changes at once.
    private static let longestDays: Int64 = 92
    /// Seconds before `to` at which an answer begins that says nothing else.
    private static let usualSeconds: Int64 = 86_400

    /// The parameters of a route that answers in JSON or as a sheet.
    public static let parameters = [
        QueryParameter("from", "the first instant; a day before to without it"),
        QueryParameter("to", "the end, exclusive; now without it"),
        QueryParameter("step", "one row for each step: 5m, 15m, 1h, 1d; 15m without it"),
        .tableForm,
    ]

    /// Reads the parameters.
    /// - Throws: `invalid_parameter`, `too_many_steps`.
    public init(_ request: RouteRequest, now: Timestamp) throws(Refusal) {
        to = try request.instant("to") ?? now
        from = try request.instant("from") ?? to.advanced(bySeconds: -OccupancyRequest.usualSeconds)
        // A step that is longer than the whole is one row.
        guard let step = TimeStep(request.given("step") ?? "15m", longest: 86_400 * 86_400) else {
            throw Refusal(.invalidParameter, "step is a whole number with s, m, h or d, such as 15m.")
        }
        stepSeconds = step.seconds
        let (span, days) = (to.microseconds(since: from), OccupancyRequest.longestDays)
        guard span > 0, span <= days * 86_400_000_000 else {
            throw Refusal(.invalidParameter, "from is before to, and at most \(days) days before it.")
        }
        guard span / (stepSeconds * 1_000_000) < OccupancyRequest.mostSteps else {
            throw Refusal(.tooManySteps, "Ask for at most \(OccupancyRequest.mostSteps) steps.")
        }
        knownTo = min(to, max(now, from))
    }
}
