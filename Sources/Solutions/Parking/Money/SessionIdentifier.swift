internal import HubModel

/// Names of sessions: 24 digits and small letters, of which the first eleven grow with time and the others cannot be guessed.
///
/// 55 bits of microseconds since 1970 and 64 random bits, five bits a letter. Letters that are easily mistaken (i, l, o, u) are left out,
/// as in Crockford's alphabet.
enum SessionIdentifier {
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    static func make(at instant: Timestamp, random: UInt64) -> String {
        let time = UInt64(max(0, instant.microseconds))
        let letters = (0..<11).reversed().map { alphabet[Int(time >> UInt64(5 * $0) & 31)] }
        // A shift by 60 leaves the four highest bits of the random part.
        return String(
            decoding: letters + (0..<13).reversed().map { alphabet[Int(random >> UInt64(5 * $0) & 31)] },
            as: UTF8.self)
    }
}
