/// A file name as the sender of a part wrote it. It is **untrusted**: it may be `../../etc/passwd`, an absolute path, empty, or contain any
/// character. Never open a file by it.
public struct UntrustedFileName: Sendable, Hashable {
    /// The name as it came, decoded and otherwise unchanged.
    public let text: String

    /// The longest `lastComponent`, in bytes of UTF-8: what common file systems take.
    public static let maximumComponentSize = 255

    /// A name as it came.
    public init(_ text: String) { self.text = text }

    /// The last component of the path, to be shown to people or to name one file in a folder that holds nothing else: without folders
    /// (either slash separates them), without control, line and direction characters, without white space at its ends, and not longer than
    /// `maximumComponentSize`. Nil if nothing is left, or `.` or `..`.
    public var lastComponent: String? {
        var kept = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if scalar == "/" || scalar == "\\" {
                kept = String.UnicodeScalarView()
            } else if !UntrustedFileName.isStripped(scalar) {
                kept.append(scalar)
            }
        }
        while kept.last?.properties.isWhitespace == true { kept.removeLast() }
        var name = String.UnicodeScalarView(kept.drop { $0.properties.isWhitespace })
        var size = name.reduce(0) { $0 + UTF8.width($1) }
        while size > UntrustedFileName.maximumComponentSize, let last = name.popLast() { size -= UTF8.width(last) }
        let text = String(name)
        return text.isEmpty || text == "." || text == ".." ? nil : text
    }

    /// Control characters, and those that would turn the direction or the line of the text around the name.
    private static func isStripped(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
