public import HubModel

/// Readings are read page by page while they are sent, in either form.
extension ReadingsRequest {
    /// The answer in the form that was asked for.
    /// - Throws: what the history throws for the first page.
    public func answer(
        of source: ReadingSource, from history: any ReadingHistory, asCSV: Bool
    ) async throws -> RouteResponse {
        let query = query(for: source)
        let first = try await history.page(of: query, at: nil)
        let more = { @Sendable place in try await history.page(of: query, at: place) }
        var response = asCSV ? try await csv(first, of: source, more) : json(first, of: source, more)
        // A cache must not give one form to those who want the other.
        response.headers.append(("Vary", "Accept"))
        if asCSV, let header = ReadingGap.header(first.table.gaps) { response.headers.append(header) }
        return response
    }

    private func json(
        _ first: ReadingPage, of source: ReadingSource,
        _ more: @escaping @Sendable (ReadingPlace) async throws -> ReadingPage
    ) -> RouteResponse {
        RouteResponse.json(
            list: "rows", first: first,
            before: { writer in
                writer.member(source.member, source.device.text)
                writer.member("from", from)
                writer.member("to", to)
                writer.member("step", step?.text)
                writer.member("agg", step == nil ? nil : aggregate.rawValue)
                writer.member("fields", first.table.fields) { $0.string($1) }
                writer.member("columns", ["time"] + first.table.fields) { $0.string($1) }
            },
            write: { page, writer in
                for row in page.table.rows {
                    writer.array { writer in
                        writer.timestamp(row.time)
                        for value in row.values {
                            if let value { writer.value(value) } else { writer.null() }
                        }
                    }
                }
            },
            after: { writer in
                writer.member("truncated", first.table.isTruncated)
                writer.member(incomplete: first.table.gaps)
            }, more: more)
    }

    private func csv(
        _ first: ReadingPage, of source: ReadingSource,
        _ more: @escaping @Sendable (ReadingPlace) async throws -> ReadingPage
    ) async throws -> RouteResponse {
        try await .csv(["time", source.member, "field", "value"], lineEnd: .lineFeed) { (place: ReadingPlace?) in
            let page = if let place { try await more(place) } else { first }
            let rows = page.table.rows.flatMap { row in
                zip(page.table.fields, row.values).compactMap { field, value in
                    value.map { [CSVWriter.Cell.time(row.time), .text(source.device.text), .text(field), .value($0)] }
                }
            }
            return (rows, page.next)
        }
    }
}

extension JSONSchema {
    /// What a sensor says.
    public static let measuredValue = JSONSchema.anyOf([.number, .boolean, .string(maximumLength: 1_024)])

    /// The shape of an answer of readings in JSON.
    /// - Parameter device: the member that names the device (`ReadingSource.member`).
    public static func readings(of device: Property) -> JSONSchema {
        .object([
            device,
            .required("from", .timestamp),
            .required("to", .timestamp),
            .required("step", .nullable(.text)),
            .required("agg", .nullable(.words(Aggregate.allCases.map(\.rawValue)))),
            .required("fields", .array(.text)),
            .required("columns", .array(.text), "time, then the fields"),
            .required("rows", .array(.array(.nullable(measuredValue))), "One value for each column"),
            .required("truncated", .boolean, "Whether older rows were left out"),
            .required(
                "incomplete", .gaps,
                "Parts of the range of which something that was stored is damaged, lost or out of reach; empty when all is whole"
            ),
        ])
    }
}

extension WebServices {
    /// The readings that a request asks for, in JSON or as a sheet.
    /// - Throws: as `ReadingsRequest`; what the history throws for the first page.
    public func readings(
        _ request: RouteRequest, of source: ReadingSource, asCSV: Bool
    ) async throws -> RouteResponse {
        let wanted = try ReadingsRequest(request, of: source.fields, now: clock.now())
        return try await wanted.answer(of: source, from: history, asCSV: asCSV)
    }
}
