public import HubModel
internal import Synchronization

/// How many devices are in which state, for `/metrics`: as of the last commit that changed it.
public final class DeviceStateFigures: MetricsSource {
    struct Label: Hashable, Comparable {
        let kind: DeviceKind
        let subject: StateSubject
        let state: String

        static func < (one: Label, other: Label) -> Bool {
            (one.kind.name, one.subject.name, one.state) < (other.kind.name, other.subject.name, other.state)
        }
    }

    private let counts = Mutex<[Label: Int]>([:])

    /// Nothing is known yet.
    public init() {}

    func set(_ counts: [Label: Int]) {
        self.counts.withLock { $0 = counts }
    }

    /// One family: `martlet_device_states`.
    public func metrics() -> [MetricFamily] {
        let counts = counts.withLock { $0 }
        return [
            MetricFamily(
                "martlet_device_states", .gauge,
                help: "Devices of the hub by kind and by what their solution says of them.",
                samples: counts.sorted { $0.key < $1.key }.map { label, count in
                    MetricSample(
                        Double(count),
                        labels: [
                            ("kind", label.kind.name), ("subject", label.subject.name), ("state", label.state),
                        ])
                })
        ]
    }
}
