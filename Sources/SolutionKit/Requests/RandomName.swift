/// Names that nobody can guess and that never come twice: of bookings, of tickets, of requests.
public enum RandomName {
    private static let letters = Array("abcdefghijklmnopqrstuvwxyz234567")
    private static let length = 26

    /// A name: 26 letters and digits for 130 random bits.
    public static func make(using generator: inout some RandomNumberGenerator) -> String {
        String((0..<length).map { _ in letters[Int(generator.next(upperBound: UInt64(letters.count)))] })
    }

    /// A name by the system's own randomness.
    public static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        return make(using: &generator)
    }
}
