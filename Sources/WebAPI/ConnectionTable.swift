package import Transport

/// Which connections there are, and which of them gives way when there are too many. A value; it knows no socket.
package struct ConnectionTable: Sendable {
    /// Why a connection is not let in, or is ended.
    package enum Reason: String, CaseIterable, Sendable {
        /// There are as many as there may be, and all of them are of use.
        case total
        /// Its address has as many as it may have.
        case address
        /// It was new, and gave way to another.
        case displaced
    }

    /// What comes of a connection that was opened.
    package enum Opening: Hashable, Sendable {
        /// It is let in; the other one, if there is one, has to be closed.
        case admitted(displacing: ObjectIdentifier?)
        /// It is to be closed.
        case refused(Reason)
    }

    private struct Entry: Sendable {
        let address: IPAddress?
        var isNew: Bool
        var heard: UInt64
    }

    private let maximum: Int
    private let maximumPerAddress: Int
    private let maximumNew: Int
    private var entries: [ObjectIdentifier: Entry] = [:]
    private var perAddress: [IPAddress: Int] = [:]
    private var moment: UInt64 = 0

    /// How many connections there are.
    package var count: Int { entries.count }
    /// How many of them are new: nobody who is known has asked anything on them.
    package private(set) var newCount = 0

    /// An empty table.
    package init(maximum: Int, maximumPerAddress: Int, maximumNew: Int) {
        self.maximum = maximum
        self.maximumPerAddress = maximumPerAddress
        self.maximumNew = maximumNew
    }

    /// A connection was accepted; `address` is nil for one whose address says nothing, such as a trusted proxy's.
    package mutating func open(_ id: ObjectIdentifier, address: IPAddress?) -> Opening {
        var displaced: ObjectIdentifier?
        if let address, perAddress[address, default: 0] >= maximumPerAddress {
            displaced = longestUnheard { $0.address == address }
            guard displaced != nil else { return .refused(.address) }
        } else if newCount >= maximumNew || entries.count >= maximum {
            displaced = longestUnheard { _ in true }
            guard displaced != nil else { return .refused(.total) }
        }
        if let displaced { close(displaced) }
        entries[id] = Entry(address: address, isNew: true, heard: next())
        newCount += 1
        if let address { perAddress[address, default: 0] += 1 }
        return .admitted(displacing: displaced)
    }

    /// A whole head of a request was heard on it.
    package mutating func heard(_ id: ObjectIdentifier) {
        let moment = next()
        entries[id]?.heard = moment
    }

    /// Somebody who is known has asked something on it.
    package mutating func settle(_ id: ObjectIdentifier) {
        guard entries[id]?.isNew == true else { return }
        entries[id]?.isNew = false
        newCount -= 1
    }

    /// It has ended.
    package mutating func close(_ id: ObjectIdentifier) {
        guard let entry = entries.removeValue(forKey: id) else { return }
        if entry.isNew { newCount -= 1 }
        guard let address = entry.address, let count = perAddress[address] else { return }
        perAddress[address] = count > 1 ? count - 1 : nil
    }

    private func longestUnheard(_ isMeant: (Entry) -> Bool) -> ObjectIdentifier? {
        entries.filter { $0.value.isNew && isMeant($0.value) }.min { $0.value.heard < $1.value.heard }?.key
    }

    private mutating func next() -> UInt64 {
        moment += 1
        return moment
    }
}
