/// What a reader takes. The content of parts is not limited here, because none of it is kept: that is the caller's decision, part by part.
public struct MultipartLimits: Sendable, Hashable {
    /// The most parts.
    public var maximumParts: Int
    /// The most header lines in one part.
    public var maximumHeaders: Int
    /// The longest block of headers, line ends and the padding behind the boundary included, in bytes. As much is kept in memory.
    public var maximumHeaderSize: Int
    /// The most bytes before the first boundary. They are thrown away.
    public var maximumPreambleSize: Int
    /// The most bytes after the line of the last boundary. They are thrown away.
    public var maximumEpilogueSize: Int

    /// The longest boundary in bytes (RFC 2046, 5.1.1).
    public static let maximumBoundarySize = 70

    /// Limits that suit forms and uploads; what is below 0 counts as 0.
    public init(
        maximumParts: Int = 64, maximumHeaders: Int = 16, maximumHeaderSize: Int = 8_192,
        maximumPreambleSize: Int = 4_096, maximumEpilogueSize: Int = 4_096
    ) {
        self.maximumParts = max(0, maximumParts)
        self.maximumHeaders = max(0, maximumHeaders)
        self.maximumHeaderSize = max(0, maximumHeaderSize)
        self.maximumPreambleSize = max(0, maximumPreambleSize)
        self.maximumEpilogueSize = max(0, maximumEpilogueSize)
    }
}
