/// A `Content-Type` such as `multipart/form-data; boundary=abc`.
public struct MultipartContentType: Sendable, Hashable {
    /// What comes after `multipart/`, in lower case.
    public var subtype: String
    /// The boundary that the type names.
    public var boundary: MultipartBoundary

    /// A type with its boundary.
    public init(subtype: String, boundary: MultipartBoundary) {
        self.subtype = subtype
        self.boundary = boundary
    }

    /// Reads the value of a `Content-Type` header. Names are taken in any case, parameters in any order, the boundary quoted or not.
    /// - Throws: `notMultipart`, `noBoundary` or `badBoundary`.
    public init(_ value: String) throws(MultipartFailure) {
        guard let list = ParameterList(Array(value.utf8)[...]), list.value.hasPrefix("multipart/"),
            list.value.utf8.count > "multipart/".utf8.count
        else { throw .notMultipart }
        let boundaries = list.parameters.filter { $0.name == "boundary" }
        guard boundaries.count == 1 else { throw .noBoundary }
        self.init(
            subtype: String(list.value.dropFirst("multipart/".count)),
            boundary: try MultipartBoundary(boundaries[0].value))
    }

    /// The value of the header. The boundary is quoted where its characters ask for it (RFC 2045, 5.1).
    public var headerValue: String {
        guard !boundary.bytes.allSatisfy(ASCII.isToken) else {
            return "multipart/\(subtype); boundary=\(boundary.text)"
        }
        var quoted: [UInt8] = []
        for byte in boundary.bytes {
            if byte == ASCII.quote || byte == ASCII.backslash { quoted.append(ASCII.backslash) }
            quoted.append(byte)
        }
        return "multipart/\(subtype); boundary=\"\(String(decoding: quoted, as: UTF8.self))\""
    }
}
