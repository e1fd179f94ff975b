internal import HubModel
internal import SolutionKit

extension ReadingsRequest {
    /// The most bytes of an answer: texts may be long.
    private static let mostBytes = 33_554_432

    private static func check(_ bytes: Int) throws(Refusal) {
        guard bytes <= mostBytes else {
            throw Refusal(.limitReached, "an answer has at most 32 MiB: ask for fewer fields, or for a shorter time")
        }
    }

    /// The answer in the form that was asked for.
    /// - Throws: `limit_reached` when it would be too long.
    func answer(with table: ReadingTable, of name: NodeName, asCSV: Bool) throws(Refusal) -> RouteResponse {
        var response = try asCSV ? csv(table, of: name) : json(table, of: name)
        // A cache must not give one form to those who want the other.
        response.headers.append(("Vary", "Accept"))
        if asCSV, let header = ReadingGap.header(table.gaps) { response.headers.append(header) }
        return response
    }

    private func json(_ table: ReadingTable, of name: NodeName) throws(Refusal) -> RouteResponse {
        try RouteResponse.json { writer throws(Refusal) in
            writer.beginObject()
            writer.member("node_id", name.device.text)
            writer.member("from", from)
            writer.member("to", to)
            writer.member("step", step?.text)
            writer.member("agg", step == nil ? nil : aggregate.rawValue)
            writer.key("fields")
            writer.beginArray()
            for field in table.fields { writer.string(field) }
            writer.endArray()
            writer.key("columns")
            writer.beginArray()
            writer.string("time")
            for field in table.fields { writer.string(field) }
            writer.endArray()
            writer.key("rows")
            writer.beginArray()
            for row in table.rows {
                writer.beginArray()
                writer.timestamp(row.time)
                for value in row.values {
                    if let value { writer.value(value) } else { writer.null() }
                }
                writer.endArray()
                try ReadingsRequest.check(writer.bytes.count)
            }
            writer.endArray()
            writer.member("truncated", table.isTruncated)
            writer.member(incomplete: table.gaps)
            writer.endObject()
        }
    }

    private func csv(_ table: ReadingTable, of name: NodeName) throws(Refusal) -> RouteResponse {
        var sheet = CSVWriter(["time", "node_id", "field", "value"], lineEnd: .lineFeed)
        for row in table.rows {
            for (field, value) in zip(table.fields, row.values) {
                guard let value else { continue }
                sheet.row([.time(row.time), .text(name.device.text), .text(field), .value(value)])
            }
            try ReadingsRequest.check(sheet.bytes.count)
        }
        return .csv(sheet)
    }
}
