internal import HubModel
internal import SolutionKit

/// Readings are read page by page while they are sent, in either form.
extension ReadingsRequest {
    /// The answer in the form that was asked for.
    /// - Throws: what the history throws for the first page.
    func answer(
        from history: any ReadingHistory, of name: NodeName, asCSV: Bool
    ) async throws -> RouteResponse {
        let query = query(for: name.device)
        let first = try await history.page(of: query, at: nil)
        let more = { @Sendable place in try await history.page(of: query, at: place) }
        var response = asCSV ? try await csv(first, of: name, more) : json(first, of: name, more)
        // A cache must not give one form to those who want the other.
        response.headers.append(("Vary", "Accept"))
        if asCSV, let header = ReadingGap.header(first.table.gaps) { response.headers.append(header) }
        return response
    }

    private func json(
        _ first: ReadingPage, of name: NodeName, _ more: @escaping @Sendable (ReadingPlace) async throws -> ReadingPage
    ) -> RouteResponse {
        RouteResponse.json(
            list: "rows", first: first,
            before: { writer in
                writer.member("node_id", name.device.text)
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
        _ first: ReadingPage, of name: NodeName, _ more: @escaping @Sendable (ReadingPlace) async throws -> ReadingPage
    ) async throws -> RouteResponse {
        try await .csv(["time", "node_id", "field", "value"], lineEnd: .lineFeed) { (place: ReadingPlace?) in
            let page = if let place { try await more(place) } else { first }
            let rows = page.table.rows.flatMap { row in
                zip(page.table.fields, row.values).compactMap { field, value in
                    value.map { [CSVWriter.Cell.time(row.time), .text(name.device.text), .text(field), .value($0)] }
                }
            }
            return (rows, page.next)
        }
    }
}
