/// How a message begins, for a person to see what is wrong with it: its first bytes as text, with what may be a secret left out.
public enum PayloadExcerpt {
    /// The most bytes of a payload that are looked at.
    public static let maximumBytes = 128
    /// Stands in the place of a secret.
    private static let mark = "…"
    /// Words in the names of what nobody should read.
    private static let secretWords: Set<String> = [
        "password", "passwd", "passphrase", "pass", "pwd", "secret", "token", "key", "apikey", "psk", "pin", "auth",
        "authorization", "credential", "credentials",
    ]
    /// A word of so many letters and digits is a key, whatever its name.
    private static let keyLength = 32

    /// The first bytes of a payload as text. Control characters are shown as their pictures (U+2400...), bytes that are no UTF-8 as U+FFFD.
    public static func text(of payload: [UInt8]) -> String {
        let isCut = payload.count > maximumBytes
        var head = payload.prefix(maximumBytes)
        // Not through the middle of a character.
        if isCut { while let last = head.last, last & 0xC0 == 0x80 || last >= 0xC0 { head.removeLast() } }
        let shown = String(decoding: head, as: UTF8.self).unicodeScalars.map { scalar -> Character in
            switch scalar.value {
            case 0..<0x20: Character(Unicode.Scalar(UInt8(scalar.value)).picture)
            case 0x7F: "\u{2421}"
            default: Character(scalar)
            }
        }
        return masked(shown)
    }

    /// At most so many bytes of a text, whole characters.
    static func shortened(_ text: String, to limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        var text = text
        while text.utf8.count > limit { text.removeLast() }
        return text
    }

    private static func masked(_ text: [Character]) -> String {
        var result = ""
        var index = 0
        while index < text.count {
            guard isPartOfName(text[index]) else {
                result.append(text[index])
                index += 1
                continue
            }
            let begin = index
            while index < text.count, isPartOfName(text[index]) { index += 1 }
            let name = String(text[begin..<index])
            result += name.utf8.count >= keyLength ? mark : name
            guard isSecret(name), let value = valueBegins(text, after: index) else { continue }
            result += String(text[index..<value]) + mark
            index = valueEnds(text, from: value)
        }
        return result
    }

    /// Where the value of a name begins: behind a colon or an equals sign, with quotes and blanks on either side; nil if none follows.
    private static func valueBegins(_ text: [Character], after end: Int) -> Int? {
        var index = end
        while index < text.count, "\"' ".contains(text[index]) { index += 1 }
        guard index < text.count, text[index] == ":" || text[index] == "=" else { return nil }
        index += 1
        while index < text.count, text[index] == " " { index += 1 }
        return index
    }

    private static func valueEnds(_ text: [Character], from begin: Int) -> Int {
        guard begin < text.count else { return begin }
        var index = begin
        switch text[begin] {
        case "\"", "'":
            let quote = text[begin]
            index += 1
            while index < text.count, text[index] != quote { index += text[index] == "\\" ? 2 : 1 }
            return min(index + 1, text.count)
        // Whatever is in there.
        case "{", "[": return text.count
        default:
            while index < text.count, !",}]& ".contains(text[index]) { index += 1 }
            return index
        }
    }

    private static func isPartOfName(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || character == "_" || character == "-")
    }

    private static func isSecret(_ name: String) -> Bool {
        var words: [String] = [""]
        var wasLower = false
        for character in name {
            if character == "_" || character == "-" || (wasLower && character.isUppercase) { words.append("") }
            wasLower = character.isLowercase
            if character.isLetter { words[words.count - 1] += character.lowercased() }
        }
        return words.contains(where: secretWords.contains)
    }
}

extension Unicode.Scalar {
    /// The picture of a control character (U+2400...U+241F).
    fileprivate var picture: Unicode.Scalar { Unicode.Scalar(0x2400 + value) ?? "\u{FFFD}" }
}
