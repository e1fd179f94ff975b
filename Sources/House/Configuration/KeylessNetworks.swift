internal import HubModel
internal import SolutionKit
internal import Transport
internal import Trust

/// From which networks devices are let in that can show neither a name nor a key, by kind.
struct KeylessNetworks: Sendable {
    private var networks: [(kind: DeviceKind, network: TrustedNetworks)] = []

    /// Nobody.
    init() {}

    /// From entries like `KIND@192.168.5.0/24`.
    /// - Throws: `SettingError` for one that is none, or whose kind always has to show a key.
    init(_ setting: Setting, _ entries: [String], of solutions: [any Solution]) throws {
        let kinds = solutions.flatMap(\.manifest.keylessRights).map(\.kind)
        let example = kinds.first?.name ?? "KIND"
        for entry in entries {
            let parts = entry.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, let network = try? TrustedNetworks([parts[1]]) else {
                throw SettingError(
                    "\(setting.rawValue) names '\(entry)', but an entry is KIND@NETWORK, such as \(example)@192.168.5.0/24"
                )
            }
            guard let kind = DeviceKind(named: parts[0]), kinds.contains(kind) else {
                let known = kinds.map(\.name).joined(separator: ", ")
                throw SettingError(
                    "\(setting.rawValue) names the kind '\(parts[0])', but only \(known) may come without a key")
            }
            networks.append((kind, network))
        }
    }

    /// The entries as devices' admission asks for them.
    func devices(of solutions: [any Solution]) -> KeylessDevices {
        guard !networks.isEmpty else { return .none }
        return KeylessDevices(solutions) { [networks] text in
            guard let address = text.flatMap({ IPAddress($0) }) else { return [] }
            return networks.filter { $0.network.contains(address) }.map(\.kind)
        }
    }
}
