internal import HubModel
internal import SolutionKit

/// In which form readings are given.
enum ReadingsForm: Sendable {
    case json, csv

    /// Chooses by the `Accept` header (RFC 9110, section 12.5.1): the most specific range decides a form's quality; JSON when both
    /// are equal or nothing is said.
    /// - Throws: `not_acceptable`.
    static func negotiated(_ accept: String?) throws(Refusal) -> ReadingsForm {
        guard let accept, accept.contains(where: { $0 != " " }) else { return .json }
        let json = quality(of: "application", "json", in: accept)
        let csv = quality(of: "text", "csv", in: accept)
        guard max(json, csv) > 0 else {
            throw Refusal(.notAcceptable, "readings are given as application/json or text/csv")
        }
        return csv > json ? .csv : .json
    }

    private static func quality(of type: String, _ subtype: String, in accept: String) -> Double {
        var best = (precision: -1, quality: 0.0)
        for range in accept.split(separator: ",").prefix(64) {
            let parts = range.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
            let precision: Int
            switch parts.first {
            case "\(type)/\(subtype)": precision = 2
            case "\(type)/*": precision = 1
            case "*/*": precision = 0
            default: continue
            }
            let written = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            if precision > best.precision { best = (precision, min(max(written, 0), 1)) }
        }
        return best.quality
    }
}

extension ReadingsRequest {
    /// The answer in the form that was asked for.
    func answer(with table: ReadingTable, of name: NodeName, as form: ReadingsForm) -> RouteResponse {
        var response =
            switch form {
            case .json: json(table, of: name)
            case .csv: csv(table, of: name)
            }
        // A cache must not give one form to those who want the other.
        response.headers.append(("Vary", "Accept"))
        return response
    }

    private func json(_ table: ReadingTable, of name: NodeName) -> RouteResponse {
        RouteResponse.json { writer in
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
            }
            writer.endArray()
            writer.member("truncated", table.isTruncated)
            writer.endObject()
        }
    }

    private func csv(_ table: ReadingTable, of name: NodeName) -> RouteResponse {
        var text = Array("time,node_id,field,value\n".utf8)
        let names = table.fields.map(CSV.cell)
        let node = CSV.cell(name.device.text)
        for row in table.rows {
            let time = row.time.iso8601
            for (field, value) in zip(names, row.values) {
                guard let value else { continue }
                text += time
                text.append(UInt8(ascii: ","))
                text += node
                text.append(UInt8(ascii: ","))
                text += field
                text.append(UInt8(ascii: ","))
                text += CSV.cell(value)
                text.append(UInt8(ascii: "\n"))
            }
        }
        return RouteResponse(contentType: "text/csv; charset=utf-8; header=present", body: text)
    }
}

/// Cells of a CSV file (RFC 4180).
enum CSV {
    static func cell(_ text: String) -> [UInt8] {
        let needsQuotes = text.utf8.contains { byte in
            byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == 0x0A || byte == 0x0D
        }
        guard needsQuotes else { return Array(text.utf8) }
        var cell: [UInt8] = [UInt8(ascii: "\"")]
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") { cell.append(byte) }
            cell.append(byte)
        }
        cell.append(UInt8(ascii: "\""))
        return cell
    }

    static func cell(_ value: ReadingValue) -> [UInt8] {
        if case .text(let text) = value { return cell(text) }
        var writer = JSONWriter()
        writer.value(value)
        return writer.bytes
    }
}
