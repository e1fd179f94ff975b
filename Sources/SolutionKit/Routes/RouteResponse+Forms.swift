public import HubModel

extension RouteResponse {
    /// The media type of CSV with a line of headings.
    private static let csvType = "text/csv; charset=utf-8; header=present"

    /// A table as CSV.
    /// - Parameter name: what a browser calls the file, without its ending; nil: as the address says.
    public static func csv(_ table: CSVWriter, named name: String? = nil) -> RouteResponse {
        RouteResponse(contentType: csvType, body: table.bytes, headers: file(name))
    }

    /// A table as CSV that is read page by page while it is sent, no faster than its client takes it: of any length, in the memory of one
    /// page. What is refused with the first page is refused as usual; a later one that fails cuts the answer off.
    /// - Parameters:
    ///   - name: what a browser calls the file, without its ending; nil: as the address says.
    ///   - lineEnd: how lines end.
    ///   - page: the rows behind a place (nil: the first), and the place behind which the next ones are; nil: there are no more.
    public static func csv<Place: Sendable>(
        _ columns: [String], named name: String? = nil, lineEnd: CSVWriter.LineEnd = .carriageReturnLineFeed,
        page: @escaping @Sendable (_ after: Place?) async throws -> (rows: [[CSVWriter.Cell]], next: Place?)
    ) async throws -> RouteResponse {
        let first = try await page(nil)
        guard first.next != nil else {
            var table = CSVWriter(columns, lineEnd: lineEnd)
            for row in first.rows { table.row(row) }
            return csv(table, named: name)
        }
        return stream(contentType: csvType, headers: file(name)) { writer in
            var table = CSVWriter(columns, lineEnd: lineEnd)
            var present = first
            while true {
                for row in present.rows {
                    table.row(row)
                    if table.bytes.count >= pieceBytes { try await writer.write(table.take()) }
                }
                guard let place = present.next else { break }
                present = try await page(place)
            }
            try await writer.write(table.take())
        }
    }

    private static func file(_ name: String?) -> [(name: String, value: String)] {
        name.map { [("Content-Disposition", "attachment; filename=\"\($0).csv\"")] } ?? []
    }

    /// An answer without a body.
    public static func empty(
        status: Int = 204, headers: [(name: String, value: String)] = []
    ) -> RouteResponse {
        RouteResponse(status: status, contentType: "", body: [], headers: headers)
    }
}
