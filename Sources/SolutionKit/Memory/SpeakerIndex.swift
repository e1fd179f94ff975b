/// Which MQTT client spoke last for which devices: one that comes, goes or subscribes concerns these.
public struct SpeakerIndex<Device: Hashable & Comparable> {
    private var byClient = MemberIndex<String, Device>()

    /// Nobody has spoken.
    public init() {}

    /// The devices for which a client spoke last, in their order.
    public func devices(of client: String) -> [Device] { byClient[client].sorted() }

    /// From now on another client speaks for a device; nil: none.
    public mutating func move(_ device: Device, from before: String?, to client: String?) {
        if let before { byClient.remove(device, of: before) }
        if let client { byClient.insert(device, of: client) }
    }
}
