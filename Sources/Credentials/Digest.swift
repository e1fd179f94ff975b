internal import Crypto

/// SHA-256 (FIPS 180-4), and comparing without telling by the time it takes.
public enum Digest {
    /// The 32 bytes of SHA-256 over the bytes.
    public static func sha256(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        Array(SHA256.hash(data: Array(bytes)))
    }

    /// The 32 bytes of HMAC-SHA-256 (RFC 2104) over the bytes: a digest that nobody can make who does not know the key.
    public static func keyed(_ bytes: [UInt8], key: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: bytes, using: SymmetricKey(data: key)))
    }

    /// Whether two digests are the same; the time it takes depends on their length only.
    public static func areEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        guard one.count == other.count else { return false }
        var difference: UInt8 = 0
        for index in one.indices { difference |= one[index] ^ other[index] }
        return difference == 0
    }
}
