public import HubModel
public import SolutionKit

/// Devices of old that can show neither a name nor a key. Where somebody has said so, those of a kind are let in by the network that they
/// are in: as nobody in particular, and with what the kind's solution grants to such.
public struct KeylessDevices: Sendable {
    /// The kinds that may come from an address, without its port; nil: an address that is not known.
    public typealias Kinds = @Sendable (_ address: String?) -> [DeviceKind]

    private let rights: [TopicRights]
    private let kinds: Kinds

    /// Those that `kinds` says, with the rights that these solutions grant.
    public init(_ solutions: [any Solution], _ kinds: @escaping Kinds) {
        rights = solutions.flatMap(\.manifest.keylessRights)
        self.kinds = kinds
    }

    /// Nobody comes in without showing who it is.
    public static let none = KeylessDevices([]) { _ in [] }

    /// Whether devices of a kind may come from an address, which can show nothing.
    func admits(_ kind: DeviceKind, from address: String?) -> Bool {
        rights.contains { $0.kind == kind } && kinds(address).contains(kind)
    }

    /// What a client may do that showed nothing at all; nil: nothing, it is a stranger like any other.
    func grants(_ attempt: DeviceAttempt) -> TopicGrants? {
        guard attempt.userName == nil, attempt.password == nil, attempt.certificate == nil else { return nil }
        let kinds = kinds(attempt.address)
        let granted = rights.filter { kinds.contains($0.kind) }
        guard !granted.isEmpty else { return nil }
        return TopicGrants(publish: granted.flatMap(\.publish), subscribe: granted.flatMap(\.subscribe))
    }
}
