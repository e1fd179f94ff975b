public import HubModel

/// The formats of pictures that browsers show and that hold nothing but a picture.
public enum PictureFormat: String, CaseIterable, Sendable {
    /// JPEG (ISO/IEC 10918-1).
    case jpeg = "image/jpeg"
    /// PNG (third edition).
    case png = "image/png"
    /// WebP (RFC 9649).
    case webp = "image/webp"

    /// The media types of all formats.
    public static let mediaTypes = allCases.map(\.rawValue)

    /// The media type of a picture by its first bytes, whatever its sender calls it: a page must not pass for one. Fits `BlobShelf.receive`.
    /// - Throws: `unsupported_media_type`.
    public static func recognise(_ head: [UInt8]) throws(Refusal) -> String {
        guard let format = PictureFormat(head: head) else {
            throw Refusal(.unsupportedMediaType, "Send a picture in JPEG, PNG or WebP.")
        }
        return format.rawValue
    }

    /// The format that these first bytes begin; nil: none of them.
    public init?(head: [UInt8]) {
        // JPEG: annex B; PNG: section 5.2; WebP: section 2.4.
        if head.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if head.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .png
        } else if head.starts(with: "RIFF".utf8), head.dropFirst(8).starts(with: "WEBP".utf8) {
            self = .webp
        } else {
            return nil
        }
    }

    /// What the names of such files end in.
    public var fileExtension: String {
        switch self {
        case .jpeg: "jpg"
        case .png: "png"
        case .webp: "webp"
        }
    }

    /// The header fields with which a kept picture is sent: shown in its place and nothing but shown, kept by nobody in between, and asked for
    /// again each time, because rights may have changed.
    /// - Parameter name: what a browser calls the file, without its ending; what is no letter, digit, `.`, `_` or `-` becomes `-`.
    public static func headers(
        named name: String, mediaType: String
    ) -> [(name: String, value: String)] {
        let plain = String(
            name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) ? $0 : "-" })
        let ending = PictureFormat(rawValue: mediaType).map { ".\($0.fileExtension)" } ?? ""
        return [
            ("Content-Disposition", "inline; filename=\"\(plain)\(ending)\""),
            // Opened by itself it is a picture and nothing else, whatever it holds.
            ("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'"),
            ("Cache-Control", "private, no-cache"),
        ]
    }
}
