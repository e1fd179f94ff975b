/// Bytes that nobody can guess.
public enum RandomBytes {
    /// So many bytes from a source of randomness.
    public static func make(_ count: Int, using generator: inout some RandomNumberGenerator) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    /// So many bytes from the system's source of randomness.
    public static func make(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return make(count, using: &generator)
    }
}
