/// A key that the hub made: 256 random bits behind a prefix that says what it opens, in letters that need no escaping in
/// an address, a header or a shell. Shown once; kept as its SHA-256, which is enough for what nobody can guess.
public struct SecretKey: Sendable {
    /// What a key opens. Whoever hands keys out says which there are; two that open different things differ here.
    public struct Purpose: Hashable, Sendable {
        /// What keys begin with: `m`, two small letters, `_`.
        public let prefix: String

        /// A purpose; a prefix of another form is a mistake of the program.
        public init(_ prefix: String) {
            precondition(Purpose.isPrefix(prefix.utf8), "a key's prefix is m, two small letters and _")
            self.prefix = prefix
        }

        fileprivate init?(beginning text: String) {
            let prefix = text.utf8.prefix(4)
            guard Purpose.isPrefix(prefix) else { return nil }
            self.prefix = String(decoding: prefix, as: UTF8.self)
        }

        private static func isPrefix(_ letters: some Sequence<UInt8>) -> Bool {
            let letters = Array(letters)
            let small = UInt8(ascii: "a")...UInt8(ascii: "z")
            return letters.count == 4 && letters[0] == UInt8(ascii: "m") && small.contains(letters[1])
                && small.contains(letters[2]) && letters[3] == UInt8(ascii: "_")
        }
    }

    /// What it opens.
    public let purpose: Purpose
    private let encoded: String

    /// Characters that stand for 256 bits in Base64 (RFC 4648, section 5) without padding.
    private static let length = 43

    /// A new key.
    public init(_ purpose: Purpose, using generator: inout some RandomNumberGenerator) {
        self.purpose = purpose
        let bytes = (0..<4).flatMap { _ -> [UInt8] in
            let word = generator.next()
            return (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * UInt64($0))) }
        }
        encoded = BitLetters.base64URL.encode(bytes)
    }

    /// A new key from the system's source of randomness.
    public init(_ purpose: Purpose) {
        var generator = SystemRandomNumberGenerator()
        self.init(purpose, using: &generator)
    }

    /// A key that somebody shows; nil if it does not look like one.
    public init?(_ text: String) {
        guard let purpose = Purpose(beginning: text) else { return nil }
        let rest = text.utf8.dropFirst(purpose.prefix.utf8.count)
        guard rest.count == SecretKey.length, rest.allSatisfy(BitLetters.base64URL.letters.contains) else { return nil }
        self.purpose = purpose
        encoded = String(decoding: rest, as: UTF8.self)
    }

    /// The key itself, to be shown once to whom it belongs. Never write it anywhere.
    public var text: String { purpose.prefix + encoded }

    /// What is stored of it: SHA-256 of its text, 32 bytes.
    public var hash: [UInt8] { Digest.sha256(text.utf8) }

    /// Whether this is the key of which `stored` is the hash; the time it takes tells nothing.
    public func matches(_ stored: [UInt8]) -> Bool { Digest.areEqual(hash, stored) }
}

extension SecretKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The prefix only: a key never reaches a log.
    public var description: String { "\(purpose.prefix)…" }
    /// As `description`.
    public var debugDescription: String { description }
    /// Nothing to look into.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
