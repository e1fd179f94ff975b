public import HubModel

extension QueryParameter {
    /// In which form a table is given; read by `RouteRequest.wantsCSV`.
    public static let tableForm = QueryParameter(
        "format", "json (also without it) or csv; Accept says the same", .words(["json", "csv"]))
}

extension RouteAnswer {
    /// An answer that is JSON or CSV.
    public static func table(_ schema: JSONSchema, _ summary: String) -> RouteAnswer {
        RouteAnswer(200, summary, content: [("application/json", schema), ("text/csv", nil)])
    }
}

extension RouteRequest {
    /// Whether a table is to be given as CSV: `?format=` says so, or else the `Accept` header (RFC 9110, section 12.5.1), of which the
    /// most specific range decides a form's quality; JSON when both are equal or nothing is said.
    /// - Throws: `invalid_parameter` for another format; `not_acceptable` for an `Accept` that leaves neither.
    public func wantsCSV() throws(Refusal) -> Bool {
        switch given("format") {
        case "csv": return true
        case "json": return false
        case nil: break
        default: throw Refusal(.invalidParameter, "format is json or csv.")
        }
        guard let accept, accept.contains(where: { $0 != " " }) else { return false }
        let json = RouteRequest.quality(of: "application", "json", in: accept)
        let csv = RouteRequest.quality(of: "text", "csv", in: accept)
        guard max(json, csv) > 0 else {
            throw Refusal(.notAcceptable, "Tables are given as application/json or text/csv.")
        }
        return csv > json
    }

    private static func quality(of type: String, _ subtype: String, in accept: String) -> Double {
        var best = (precision: -1, quality: 0.0)
        for (name, weight) in WeightedNames.read(accept) {
            let precision: Int
            switch name {
            case "\(type)/\(subtype)": precision = 2
            case "\(type)/*": precision = 1
            case "*/*": precision = 0
            default: continue
            }
            if precision > best.precision { best = (precision, weight) }
        }
        return best.quality
    }
}
