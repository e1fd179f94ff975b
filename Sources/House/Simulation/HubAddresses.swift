/// Where simulated devices find their hub.
struct HubAddresses: Sendable, Hashable {
    let mqtt: HostPort
    /// Nil where no device speaks HTTP.
    let http: HostPort?
}
