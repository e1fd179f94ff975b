internal import HubModel
internal import SolutionKit

/// Which clients of the broker are here, and for whose commands each listens.
///
/// This is knowledge of the world, not of the tables: a batch that is rolled back does not change it. It says nothing of whose a client
/// is: a filter is no identity.
struct Presence {
    /// What a filter covers of the commands of one kind of device.
    struct Covered: Hashable {
        /// Which form, by its place among all.
        let form: Int
        /// Which of its devices.
        let devices: DeviceTopic.Coverage
    }

    private let forms: [CommandForm]
    /// What each client's filters cover of commands, by filter.
    private var clients: [String: [String: [Covered]]] = [:]
    /// By device: the clients with a filter that names it.
    private var naming = MemberIndex<DeviceID, String>()
    /// By device: its clients.
    private var byDevice = MemberIndex<DeviceID, String>()

    init(_ forms: [CommandForm]) {
        self.forms = forms
    }

    mutating func connected(_ clientID: String) {
        disconnected(clientID)
        clients[clientID] = [:]
        if case .device(let device) = ClientName.owner(of: clientID) { byDevice.insert(clientID, of: device) }
    }

    mutating func disconnected(_ clientID: String) {
        guard let filters = clients.removeValue(forKey: clientID) else { return }
        for covered in filters.values { forget(clientID, covered) }
        if case .device(let device) = ClientName.owner(of: clientID) { byDevice.remove(clientID, of: device) }
    }

    /// Whether a client has a connection.
    func isConnected(_ clientID: String) -> Bool { clients[clientID] != nil }

    /// Notes a subscription.
    /// - Returns: what of commands it covers; nothing for most.
    mutating func subscribed(_ clientID: String, to filter: String) -> [Covered] {
        let covered = forms.indices.compactMap { form in
            forms[form].topic?.coverage(of: filter).map { Covered(form: form, devices: $0) }
        }
        guard !covered.isEmpty else { return [] }
        if clients[clientID] == nil { connected(clientID) }
        clients[clientID]?[filter] = covered
        for device in covered.compactMap(named) { naming.insert(clientID, of: device) }
        return covered
    }

    mutating func unsubscribed(_ clientID: String, from filter: String) {
        guard let covered = clients[clientID]?.removeValue(forKey: filter) else { return }
        forget(clientID, covered)
    }

    /// The device that a filter names; nil for one that covers all.
    func named(_ covered: Covered) -> DeviceID? {
        guard case .one(let spelling) = covered.devices else { return nil }
        return forms[covered.form].device(spelling)
    }

    /// The clients that may be a device's own and are here, in a fixed order: that which last spoke for it first. Whether they are, is for
    /// others to say.
    func candidates(for device: DeviceID, _ target: CommandTarget) -> [String] {
        var found = naming[device]
        for owner in [device, target.controller] {
            if let owner { found.formUnion(byDevice[owner]) }
        }
        guard let speaker = target.speaker, clients[speaker] != nil else { return found.sorted() }
        found.remove(speaker)
        return [speaker] + found.sorted()
    }

    /// Whether a client is here with a filter that names the device.
    func names(_ device: DeviceID, _ clientID: String) -> Bool { naming.contains(clientID, of: device) }

    /// How a device is spelled in the topic on which a client hears its commands; nil when it does not listen for it.
    func spelling(for device: DeviceID, _ target: CommandTarget, of clientID: String) -> String? {
        guard let filters = clients[clientID]?.values else { return nil }
        var spellings: [String] = []
        for covered in filters.joined() where forms[covered.form].kind == target.kind {
            switch covered.devices {
            case .all: return target.spelling
            case .one(let spelling): if forms[covered.form].device(spelling) == device { spellings.append(spelling) }
            }
        }
        return spellings.contains(target.spelling) ? target.spelling : spellings.min()
    }

    private mutating func forget(_ clientID: String, _ covered: [Covered]) {
        for device in covered.compactMap(named) {
            let stillNamed = clients[clientID]?.values.joined().compactMap(named) ?? []
            if !stillNamed.contains(device) { naming.remove(clientID, of: device) }
        }
    }
}
