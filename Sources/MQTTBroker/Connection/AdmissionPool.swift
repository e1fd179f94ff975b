internal import Transport

/// Which connections are there, counted by address, and in which order those came that have not been let in.
///
/// Strangers have room of their own: however many there are, they never take the place of a client that is let in, and
/// when their room is full the oldest of them makes way for the newest. A peer that opens connections and says nothing
/// only ever drives out such peers.
struct AdmissionPool {
    private struct Use {
        var strangers = 0
        var admitted = 0
    }

    private struct Stranger {
        let connection: ConnectionHandle
        let address: IPAddress?
    }

    private let limits: BrokerLimits
    private var byAddress: [IPAddress: Use] = [:]
    /// Oldest first. Those that are no strangers any more stay until they come to the front, or are too many.
    private var order = Ring<Stranger>()
    private var waiting: [ConnectionHandle: IPAddress?] = [:]
    private(set) var admitted = 0

    init(limits: BrokerLimits) { self.limits = limits }

    /// Connections that have not been let in.
    var strangers: Int { waiting.count }

    /// Entries that the order holds; a test looks at it.
    var remembered: Int { order.count }

    /// A new connection. Returns the stranger that has to go to make room, if one has to.
    mutating func enter(_ connection: ConnectionHandle, from address: IPAddress?) -> ConnectionHandle? {
        let leaving = roomMaker(for: address)
        if let leaving { leave(leaving, from: nil, wasAdmitted: false) }
        let key = address?.limitKey
        waiting[connection] = .some(key)
        order.append(Stranger(connection: connection, address: key))
        if let key { byAddress[key, default: Use()].strangers += 1 }
        tidy()
        return leaving
    }

    /// It turns out where a stranger behind a proxy comes from. Returns the stranger that has to go.
    mutating func move(_ connection: ConnectionHandle, to address: IPAddress) -> ConnectionHandle? {
        guard waiting[connection] != nil else { return nil }
        leave(connection, from: nil, wasAdmitted: false)
        return enter(connection, from: address)
    }

    /// Whether as many are let in as may be at all.
    var isFull: Bool { admitted >= limits.connections }

    /// Whether there is room for one more client that is let in.
    func hasRoom(for address: IPAddress?) -> Bool {
        guard !isFull else { return false }
        guard limits.connectionsPerAddress > 0, let key = address?.limitKey else { return true }
        return (byAddress[key]?.admitted ?? 0) < limits.connectionsPerAddress
    }

    /// A stranger is let in.
    mutating func admit(_ connection: ConnectionHandle, from address: IPAddress?) {
        guard waiting[connection] != nil else { return }
        leave(connection, from: nil, wasAdmitted: false)
        admitted += 1
        if let key = address?.limitKey { byAddress[key, default: Use()].admitted += 1 }
    }

    /// A connection is gone.
    mutating func leave(_ connection: ConnectionHandle, from address: IPAddress?, wasAdmitted: Bool) {
        if wasAdmitted {
            admitted -= 1
            change(address?.limitKey) { $0.admitted -= 1 }
        } else if let key = waiting.removeValue(forKey: connection) {
            change(key) { $0.strangers -= 1 }
        }
    }

    private mutating func change(_ key: IPAddress?, _ change: (inout Use) -> Void) {
        guard let key, var use = byAddress[key] else { return }
        change(&use)
        byAddress[key] = use.strangers == 0 && use.admitted == 0 ? nil : use
    }

    /// The oldest stranger of this address if it has too many, else the oldest of all if there are too many.
    private mutating func roomMaker(for address: IPAddress?) -> ConnectionHandle? {
        if limits.unadmittedConnectionsPerAddress > 0, let key = address?.limitKey,
            (byAddress[key]?.strangers ?? 0) >= limits.unadmittedConnectionsPerAddress
        {
            for position in 0..<order.count
            where order[position].address == key && isStranger(order[position]) {
                return order[position].connection
            }
        }
        guard strangers >= max(limits.unadmittedConnections, 1) else { return nil }
        dropFormer()
        return order.isEmpty ? nil : order[0].connection
    }

    private func isStranger(_ entry: Stranger) -> Bool {
        guard let key = waiting[entry.connection] else { return false }
        return key == entry.address
    }

    private mutating func dropFormer() {
        while !order.isEmpty, !isStranger(order[0]) { order.popFirst() }
    }

    /// The order never holds more than twice the strangers and a few.
    private mutating func tidy() {
        dropFormer()
        guard order.count > 2 * strangers + 64 else { return }
        let all = order
        order.removeAll()
        for position in 0..<all.count where isStranger(all[position]) { order.append(all[position]) }
    }
}
