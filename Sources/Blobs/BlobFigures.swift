public import HubModel

/// What a sweep found.
public struct BlobFigures: Sendable {
    /// Files that rows name.
    public internal(set) var files = 0
    /// Their bytes.
    public internal(set) var bytes: Int64 = 0
    /// The hashes of those that are missing on the disk, or have another length.
    public internal(set) var missing: [String] = []
    /// Files that no row named, and that are removed now.
    public internal(set) var removed = 0
}

extension BlobStore: MetricsSource {
    /// The figures of the last sweep.
    public func metrics() -> [MetricFamily] {
        let figures = figures
        return [
            MetricFamily(
                "martlet_blobs", .gauge, help: "Files that people and devices have sent, as of the last hour.",
                value: Double(figures.files)),
            MetricFamily("martlet_blob_bytes", .gauge, help: "Bytes of these files.", value: Double(figures.bytes)),
            MetricFamily(
                "martlet_blobs_missing", .gauge, help: "Of these, those that are missing on the disk or damaged.",
                value: Double(figures.missing.count)),
        ]
    }
}
