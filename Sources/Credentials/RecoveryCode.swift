/// A code in place of the second factor, for somebody whose app is gone: 80 random bits as `abcd-efgh-ijkl-mnop` in the letters of
/// Base32. Shown once, kept as its SHA-256, works once.
public struct RecoveryCode: Sendable {
    /// The code, to be shown once.
    public let text: String

    /// A new code from the system's source of randomness.
    public init() {
        let letters = Array(Base32.encode(RandomBytes.make(10)).lowercased())
        text = stride(from: 0, to: 16, by: 4).map { String(letters[$0..<$0 + 4]) }.joined(separator: "-")
    }

    /// A code as somebody types it: hyphens, blanks and capitals do not count; nil if it does not look like one.
    public init?(_ typed: String) {
        guard typed.utf8.count <= 40 else { return nil }
        let letters = Array(typed.lowercased().filter { $0 != "-" && $0 != " " })
        guard letters.count == 16, Base32.decode(String(letters)) != nil else { return nil }
        text = stride(from: 0, to: 16, by: 4).map { String(letters[$0..<$0 + 4]) }.joined(separator: "-")
    }

    /// What is stored of it: SHA-256 of its text, 32 bytes.
    public var hash: [UInt8] { Digest.sha256(text.utf8) }
}

extension RecoveryCode: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Nothing of the code.
    public var description: String { "recovery code" }
    /// As `description`.
    public var debugDescription: String { description }
    /// Nothing to look into.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
