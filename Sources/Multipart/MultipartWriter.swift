/// Writes multipart bodies: what goes around the content of each part, as bytes. The content itself goes from where it is to where it is sent.
public struct MultipartWriter: Sendable {
    /// What separates the parts.
    public let boundary: MultipartBoundary

    /// A writer of bodies with this boundary, which must not be in any content.
    public init(boundary: MultipartBoundary) { self.boundary = boundary }
}

// A form: head, content and tail of each part, then `formEnd`.
extension MultipartWriter {
    /// The value of the request's `Content-Type` header.
    public var formContentType: String {
        MultipartContentType(subtype: "form-data", boundary: boundary).headerValue
    }

    /// What comes before the content of a field or file: the boundary's line and the headers. Names are escaped as the HTML standard has
    /// browsers do it.
    /// - Throws: `badHeader` if a name or the content type has a control character; CR and LF may be in names.
    public func formHead(
        name: String, fileName: String? = nil, contentType: String? = nil
    ) throws(MultipartFailure) -> [UInt8] {
        var bytes = line
        bytes += Array("Content-Disposition: form-data; name=\"".utf8)
        bytes += try MultipartWriter.escaped(name)
        if let fileName { bytes += try Array("\"; filename=\"".utf8) + MultipartWriter.escaped(fileName) }
        bytes += Array("\"\r\n".utf8)
        if let contentType { bytes += try MultipartWriter.header("Content-Type", contentType) }
        return bytes + MultipartWriter.lineEnd
    }

    /// What comes after the content of a part.
    public var formTail: [UInt8] { MultipartWriter.lineEnd }

    /// What ends the body.
    public var formEnd: [UInt8] { Array("--".utf8) + boundary.bytes + Array("--\r\n".utf8) }

    private static func escaped(_ text: String) throws(MultipartFailure) -> [UInt8] {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case ASCII.quote: bytes += Array("%22".utf8)
            case ASCII.carriageReturn: bytes += Array("%0D".utf8)
            case ASCII.lineFeed: bytes += Array("%0A".utf8)
            default:
                guard !ASCII.isControl(byte) else { throw .badHeader }
                bytes.append(byte)
            }
        }
        return bytes
    }
}

// A stream of pictures each of which replaces the one before it: `streamStart`, then head, picture and tail again and again. It ends with the
// connection.
extension MultipartWriter {
    /// The value of the answer's `Content-Type` header.
    public var streamContentType: String {
        MultipartContentType(subtype: "x-mixed-replace", boundary: boundary).headerValue
    }

    /// The line of the first boundary.
    public var streamStart: [UInt8] { line }

    /// The headers of a frame of so many bytes, with any others, such as the time it was taken.
    /// - Throws: `badHeader` if a header is none, or has a control character.
    public func frameHead(
        contentType: String, contentLength: Int, headers: [MultipartPart.Header] = []
    ) throws(MultipartFailure) -> [UInt8] {
        var bytes = try MultipartWriter.header("Content-Type", contentType)
        bytes += try MultipartWriter.header("Content-Length", String(contentLength))
        for header in headers { bytes += try MultipartWriter.header(header.name, header.value) }
        return bytes + MultipartWriter.lineEnd
    }

    /// What comes after a frame: the next boundary already, since browsers show a picture when they see that.
    public var frameTail: [UInt8] { MultipartWriter.lineEnd + line }
}

extension MultipartWriter {
    private static let lineEnd: [UInt8] = [0x0D, 0x0A]

    private var line: [UInt8] { Array("--".utf8) + boundary.bytes + MultipartWriter.lineEnd }

    private static func header(_ name: String, _ value: String) throws(MultipartFailure) -> [UInt8] {
        guard !name.isEmpty, name.utf8.allSatisfy(ASCII.isToken), !value.utf8.contains(where: ASCII.isControl) else {
            throw .badHeader
        }
        return Array(name.utf8) + Array(": ".utf8) + Array(value.utf8) + lineEnd
    }
}
