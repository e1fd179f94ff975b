/// Why a multipart body, or something that a program wants to write into one, is refused.
public enum MultipartFailure: Error, Sendable, Hashable {
    /// The content type is not `multipart/...`, or cannot be read.
    case notMultipart
    /// The content type names no boundary, or two.
    case noBoundary
    /// The boundary is empty, longer than 70 bytes, ends in a space or has a byte that is not printable ASCII.
    case badBoundary
    /// More bytes precede the first boundary than this limit.
    case preambleTooLarge(limit: Int)
    /// More bytes follow the last boundary than this limit.
    case epilogueTooLarge(limit: Int)
    /// The body has more parts than this limit.
    case tooManyParts(limit: Int)
    /// The headers of one part, with the padding behind its boundary, are longer than this limit in bytes.
    case headersTooLarge(limit: Int)
    /// One part has more header lines than this limit.
    case tooManyHeaders(limit: Int)
    /// A line of a boundary or of a header ends in LF alone.
    case bareLineFeed
    /// A CR on the line of a boundary is not followed by LF.
    case bareCarriageReturn
    /// Something other than white space follows a boundary on its line.
    case textAfterBoundary
    /// A header is not `Name: value`, or has a control character.
    case badHeader
    /// A header that may be there once is there twice.
    case repeatedHeader
    /// The part's `Content-Disposition` cannot be read, or says a thing twice.
    case badDisposition
    /// The part of a form has no `Content-Disposition: form-data` with a name.
    case partWithoutName
    /// The part is encoded; RFC 7578, 4.7 has senders write its bytes as they are.
    case transferEncoding
    /// The body ended before its closing boundary.
    case truncated
}

extension MultipartFailure: CustomStringConvertible {
    /// What is wrong, as a sentence.
    public var description: String {
        switch self {
        case .notMultipart: "The content type must be multipart/form-data or another multipart type."
        case .noBoundary: "The content type must name one boundary, as in multipart/form-data; boundary=abc."
        case .badBoundary: "A boundary must be 1 to 70 printable ASCII characters and must not end in a space."
        case .preambleTooLarge(let limit): "At most \(limit) bytes may precede the first boundary."
        case .epilogueTooLarge(let limit): "At most \(limit) bytes may follow the last boundary."
        case .tooManyParts(let limit): "At most \(limit) parts are taken."
        case .headersTooLarge(let limit): "The headers of a part must not be longer than \(limit) bytes."
        case .tooManyHeaders(let limit): "A part must not have more than \(limit) header lines."
        case .bareLineFeed: "Lines of boundaries and headers must end in CR LF, not in LF alone."
        case .bareCarriageReturn: "The line of a boundary must end in CR LF, not in CR alone."
        case .textAfterBoundary: "Only white space may follow a boundary on its line."
        case .badHeader: "A header of a part must be \"Name: value\" without control characters."
        case .repeatedHeader: "A header that describes a part may be there only once."
        case .badDisposition: "The Content-Disposition of a part cannot be read, or says a thing twice."
        case .partWithoutName: "Each part must have a header Content-Disposition: form-data; name=\"...\"."
        case .transferEncoding: "A part must be sent as it is, without a Content-Transfer-Encoding such as base64."
        case .truncated: "The body ended before its closing boundary."
        }
    }
}
