/// A group of figures of one name, as Prometheus knows them.
public struct MetricFamily: Sendable {
    /// What sort of figure it is.
    public enum Kind: String, Sendable {
        case counter, gauge, summary
    }

    /// The name, such as `martlet_messages_stored_total`.
    public let name: String
    /// What it counts, with its unit.
    public let help: String
    /// What sort of figure it is.
    public let kind: Kind
    /// The figures; a summary's samples carry `quantile` labels and the suffixes `_sum` and `_count`.
    public let samples: [MetricSample]

    /// A family.
    public init(_ name: String, _ kind: Kind, help: String, samples: [MetricSample]) {
        self.name = name
        self.kind = kind
        self.help = help
        self.samples = samples
    }

    /// A family with one figure.
    public init(_ name: String, _ kind: Kind, help: String, value: Double) {
        self.init(name, kind, help: help, samples: [MetricSample(value)])
    }
}

/// One figure.
public struct MetricSample: Sendable {
    /// What is appended to the family's name: empty, `_sum` or `_count`.
    public let suffix: String
    /// Its labels in order.
    public let labels: [(name: String, value: String)]
    /// The figure.
    public let value: Double

    /// A figure.
    public init(_ value: Double, labels: [(name: String, value: String)] = [], suffix: String = "") {
        self.suffix = suffix
        self.labels = labels
        self.value = value
    }
}

/// A part that has figures to show; asked when somebody reads `/metrics`.
public protocol MetricsSource: Sendable {
    /// The figures of this moment.
    func metrics() -> [MetricFamily]
}
