import HTTPTypes
import HummingbirdCore
import LiveSocket

/// A request's header fields, the same for HTTP and for the live socket.
package struct HeadFields: Sendable {
    /// The name under which the client asks: the `Host` field; nil where it is missing or given twice.
    package let host: String?
    private let fields: [(name: String, value: String)]

    /// Fields; names in any case.
    package init(host: String?, _ fields: [(name: String, value: String)]) {
        self.host = host
        self.fields = fields.map { (name: $0.name.lowercased(), value: $0.value) }
    }

    init(_ request: Request) {
        // The first `Host` is taken out of the fields by what translates them; a second one stays among them.
        let isAmbiguous = HTTPField.Name("Host").map { request.headers.contains($0) } ?? false
        self.init(
            host: isAmbiguous ? nil : request.head.authority,
            request.headers.map { (name: $0.name.canonicalName, value: $0.value) })
    }

    init(_ request: WebSocketRequest) {
        self.init(host: request.header("host"), request.headers)
    }

    /// All values of a field, in order; `name` in small letters.
    package func values(_ name: String) -> [String] {
        fields.filter { $0.name == name }.map(\.value)
    }

    /// The value of a field; one that is given several times is joined, so that it is never taken for a good one.
    package func joined(_ name: String) -> String? {
        let values = values(name)
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }

    /// The cookies by name (RFC 6265, section 4.2.1). Of two with one name the first counts.
    package var cookies: [String: String] {
        var cookies: [String: String] = [:]
        for pair in values("cookie").joined(separator: ";").split(separator: ";") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            let name = String(parts[0].drop { $0 == " " })
            if cookies[name] == nil { cookies[name] = String(parts[1]) }
        }
        return cookies
    }
}
