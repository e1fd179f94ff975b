/// How texts are read that other programs have written: settings, lists of keys, what is piped into a command, imports.
///
/// Editors on Windows end lines with `\r\n`, which Swift takes for one character that is not `"\n"`; some begin a file with a byte
/// order mark; old ones end lines with `\r`; and a last line may lack its end. None of this is anybody's mistake, so none of it
/// changes what a text says.
public enum TextInput {
    /// U+FEFF in UTF-8.
    public static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// A text without the byte order mark that it may begin with.
    public static func withoutByteOrderMark(_ text: some StringProtocol) -> String {
        var scalars = text.unicodeScalars[...]
        if scalars.first == "\u{FEFF}" { scalars = scalars.dropFirst() }
        return String(String.UnicodeScalarView(scalars))
    }

    /// Bytes without the byte order mark that they may begin with.
    public static func withoutByteOrderMark(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
        bytes.starts(with: byteOrderMark) ? bytes.dropFirst(byteOrderMark.count) : bytes[...]
    }

    /// The lines of a text, in order and with the empty ones, each without its end and without blanks at its ends.
    public static func lines(_ text: some StringProtocol) -> [Substring] {
        withoutByteOrderMark(text)
            .split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
            .map(trimmed)
    }

    /// A line without spaces, tabs and the remains of line ends before and after it.
    public static func trimmed(_ line: Substring) -> Substring {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" || $0 == "\n" || $0 == "\r\n" }
        var line = line.drop(while: isBlank)
        while let last = line.last, isBlank(last) { line = line.dropLast() }
        return line
    }
}
