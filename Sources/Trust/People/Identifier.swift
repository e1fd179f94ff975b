internal import Credentials

/// Names that the hub gives: 26 letters and digits for 128 random bits.
enum Identifier {
    static func make() -> String {
        Base32.encode(RandomBytes.make(16)).lowercased()
    }
}
