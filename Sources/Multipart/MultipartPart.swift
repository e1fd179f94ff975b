/// What the headers of a part say.
public struct MultipartPart: Sendable, Hashable {
    /// One header of a part.
    public struct Header: Sendable, Hashable {
        /// The name as it was written.
        public var name: String
        /// The value without white space at its ends; lines that were folded are joined by a space. Bytes that are not UTF-8 became U+FFFD.
        public var value: String

        /// A header with its value.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The name of the form's field; nil only in bodies that are no form.
    public var name: String?
    /// The name that the sender gave the file; nil if the part is no file.
    public var fileName: UntrustedFileName?
    /// The part's `Content-Type` as it was written; nil if it has none, which means `text/plain`.
    public var contentType: String?
    /// The part's `Content-Length` as its sender says, in bytes; the content may have another.
    public var contentLength: Int?
    /// All headers in the order of the body, those above included.
    public var headers: [Header]

    /// A part with these headers.
    public init(
        name: String? = nil, fileName: UntrustedFileName? = nil, contentType: String? = nil, contentLength: Int? = nil,
        headers: [Header] = []
    ) {
        self.name = name
        self.fileName = fileName
        self.contentType = contentType
        self.contentLength = contentLength
        self.headers = headers
    }

    /// `type/subtype` of the content type in lower case, without parameters.
    public var mediaType: String? {
        contentType.map { ASCII.lowercased(ASCII.trimmed(Array($0.utf8).prefix { $0 != ASCII.semicolon })) }
    }

    /// The value of the first header with this name, in any case.
    public func header(_ name: String) -> String? {
        let wanted = ASCII.lowercased(Array(name.utf8)[...])
        return headers.first { ASCII.lowercased(Array($0.name.utf8)[...]) == wanted }?.value
    }
}

/// What a reader finds in a body. The events of a body are `partBegan`, any number of `content`, `partEnded`, and so on, then `end`.
public enum MultipartEvent: Sendable, Hashable {
    /// The headers of a part are there.
    case partBegan(MultipartPart)
    /// The next piece of the part's content, never empty. It shares the storage of the chunk it was found in, or of the reader.
    case content(ArraySlice<UInt8>)
    /// The part is whole.
    case partEnded
    /// The closing boundary has come. What follows is thrown away.
    case end
}
