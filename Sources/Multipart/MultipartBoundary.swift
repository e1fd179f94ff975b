/// The bytes that separate the parts of a body (RFC 2046, 5.1.1), without the dashes in front of them.
public struct MultipartBoundary: Sendable, Hashable {
    /// 1 to 70 printable ASCII characters; the last is not a space.
    public let bytes: [UInt8]

    /// A boundary. RFC 2046 has a smaller alphabet, but programs write `*****`, which is therefore taken.
    /// - Throws: `badBoundary`.
    public init(_ bytes: some Sequence<UInt8>) throws(MultipartFailure) {
        let bytes = Array(bytes)
        guard (1...MultipartLimits.maximumBoundarySize).contains(bytes.count), bytes.last != ASCII.space,
            bytes.allSatisfy({ (0x20...0x7E).contains($0) })
        else { throw .badBoundary }
        self.bytes = bytes
    }

    /// A boundary of 32 random hexadecimal digits: no content that was chosen before contains it by more than chance.
    public init(using generator: inout some RandomNumberGenerator) {
        let digits = Array("0123456789abcdef".utf8)
        bytes = (0..<32).map { _ in digits[Int.random(in: 0..<16, using: &generator)] }
    }

    /// The boundary as text.
    public var text: String { String(decoding: bytes, as: UTF8.self) }
}
