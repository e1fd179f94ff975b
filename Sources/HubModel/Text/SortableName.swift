/// Names of commands, files and whatever else is listed by time: 24 digits and small letters, of which the first eleven
/// grow with time and the others cannot be guessed.
///
/// 55 bits of microseconds since 1970 (until the year 3111) and 65 places for 64 random bits, five bits a letter. Letters that
/// are easily mistaken (i, l, o, u) are left out, as in Crockford's alphabet.
public enum SortableName {
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    /// The name of what begins at an instant.
    /// - Parameter random: 64 bits that nobody can guess.
    public static func make(at instant: Timestamp, random: UInt64) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(24)
        append(UInt64(max(0, instant.microseconds)), letters: 11, to: &text)
        append(random, letters: 13, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    private static func append(_ value: UInt64, letters: Int, to text: inout [UInt8]) {
        for place in (0..<letters).reversed() {
            // A shift by 60 leaves the four highest bits of the random part.
            text.append(alphabet[Int(value >> UInt64(5 * place) & 31)])
        }
    }
}
