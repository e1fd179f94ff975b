public import HubModel

extension RouteResponse {
    /// The media type of CSV with a line of headings.
    private static let csvType = "text/csv; charset=utf-8; header=present"

    /// A table as CSV.
    /// - Parameter name: what a browser calls the file, without its ending; nil: as the address says.
    public static func csv(_ table: CSVWriter, named name: String? = nil) -> RouteResponse {
        let file = name.map { [(name: "Content-Disposition", value: "attachment; filename=\"\($0).csv\"")] }
        return RouteResponse(contentType: csvType, body: table.bytes, headers: file ?? [])
    }

    /// An answer without a body.
    public static func empty(
        status: Int = 204, headers: [(name: String, value: String)] = []
    ) -> RouteResponse {
        RouteResponse(status: status, contentType: "", body: [], headers: headers)
    }
}
