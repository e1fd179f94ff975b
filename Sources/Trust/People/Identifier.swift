internal import Credentials

/// Names that the hub gives: 26 letters and digits for 128 random bits.
enum Identifier {
    static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        return Base32.encode((0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) }).lowercased()
    }
}
