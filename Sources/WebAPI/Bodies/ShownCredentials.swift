import HubModel
package import SolutionKit

/// Takes off the wire what a request shows to say who sends it.
package enum ShownCredentials {
    /// What the header fields show. `Authorization` counts before a device's key, and both before a cookie.
    package static func read(_ fields: HeadFields, cookie: String?) -> RequestCredentials.Kind {
        let authorization = fields.values("authorization")
        guard authorization.isEmpty else {
            guard authorization.count == 1, let token = bearer(authorization[0]) else { return .unknown }
            return .bearer(token)
        }
        let names = fields.values("x-device-id")
        let keys = fields.values("x-api-key")
        guard names.isEmpty, keys.isEmpty else {
            guard names.count == 1, keys.count == 1, !names[0].isEmpty, !keys[0].isEmpty else { return .unknown }
            return .device(name: names[0], key: keys[0])
        }
        return cookie.map { .cookie($0) } ?? .none
    }

    /// The token of `Authorization: Bearer`; nil where there is none, more than one field, or another scheme.
    package static func bearer(_ fields: HeadFields) -> String? {
        if case .bearer(let token) = read(fields, cookie: nil) { token } else { nil }
    }

    /// What a device shows in its body: the members `device_id` and `api_key` of a JSON object; nil when they are not
    /// both there as texts, once each.
    package static func read(body: [UInt8]) -> RequestCredentials.Kind? {
        var name: String?
        var key: String?
        var reader = JSONReader(body)
        do throws(Refusal) {
            try reader.object { (member, reader) throws(Refusal) in
                switch member {
                case "device_id": name = try ShownCredentials.text(&reader, first: name == nil)
                case "api_key": key = try ShownCredentials.text(&reader, first: key == nil)
                default: try reader.skip()
                }
            }
            try reader.end()
        } catch {
            return nil
        }
        guard let name, let key else { return nil }
        return .device(name: name, key: key)
    }

    /// The same as fields of a form.
    package static func read(fields: [(name: String, value: String)]) -> RequestCredentials.Kind? {
        let names = fields.filter { $0.name == "device_id" }
        let keys = fields.filter { $0.name == "api_key" }
        guard names.count == 1, keys.count == 1 else { return nil }
        return .device(name: names[0].value, key: keys[0].value)
    }

    /// A device's report without the key that it may have in its body: what is kept must not hold it.
    package static func withoutKey(_ report: [UInt8]) -> [UInt8] {
        var reader = JSONReader(report)
        var writer = JSONWriter()
        do throws(Refusal) {
            try writer.object { (writer) throws(Refusal) in
                try reader.object { (member, reader) throws(Refusal) in
                    let value = try reader.rawValue()
                    guard member != "api_key" else { return }
                    writer.member(member, raw: value)
                }
            }
            try reader.end()
        } catch {
            // No object: then it has no key either. It is refused when it is taken in.
            return report
        }
        return writer.bytes
    }

    private static func text(_ reader: inout JSONReader, first isFirst: Bool) throws(Refusal) -> String {
        guard isFirst else { throw Refusal(.duplicateKey, "A key appears twice.") }
        return try reader.string()
    }

    /// The token of `Bearer TOKEN` (RFC 6750, section 2.1; the scheme in any case, RFC 9110, section 11.1).
    private static func bearer(_ header: String) -> String? {
        let parts = header.split(separator: " ", omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return parts[1].utf8.allSatisfy(isTokenByte) ? String(parts[1]) : nil
    }

    /// `token68` of RFC 9110, section 11.2.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"), UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="):
            true
        default: false
        }
    }
}
