/// All sessions, by handle and by owner and client identifier. What they hold is counted for their owners, whoever changes it.
struct SessionTable {
    private var slab = Slab<Session, SessionKind>()
    private var byKey: [SessionKey: SessionHandle] = [:]
    private(set) var owners = OwnerTable()
    /// Counts the times that a session lost its connection.
    private var number: UInt64 = 0

    var count: Int { slab.count }
    /// The length an array indexed by session needs.
    var capacity: Int { slab.capacity }
    var handles: [SessionHandle] { slab.handles }

    subscript(handle: SessionHandle) -> Session? {
        _read { yield slab[handle] }
        _modify {
            let before = slab[handle]?.use
            let wasConnected = slab[handle]?.connection != nil
            yield &slab[handle]
            if let before { recount(handle, before, wasConnected: wasConnected) }
        }
    }

    func handle(of key: SessionKey) -> SessionHandle? { byKey[key] }

    /// Adds a session that counts for an owner.
    mutating func insert(_ session: Session, for owner: QuotaOwner) -> SessionHandle {
        let key = session.key
        var session = session
        session.quota = owners.enter(owner, session.use)
        let handle = slab.insert(session)
        byKey[key] = handle
        if session.connection == nil { disconnected(handle, of: session.quota) }
        return handle
    }

    mutating func remove(_ handle: SessionHandle) -> Session? {
        guard let session = slab.remove(handle) else { return nil }
        if byKey[session.key] == handle { byKey[session.key] = nil }
        leave(session)
        return session
    }

    /// The session counts for that owner from now on.
    mutating func move(_ handle: SessionHandle, to owner: QuotaOwner) {
        guard let session = slab[handle], session.quota.flatMap({ owners.name(of: $0) }) != owner else { return }
        leave(session)
        slab[handle]?.quota = owners.enter(owner, session.use)
        if session.connection == nil { disconnected(handle, of: slab[handle]?.quota) }
    }

    private mutating func leave(_ session: Session) {
        guard let owner = session.quota else { return }
        if session.connection == nil { owners.reconnected(of: owner) }
        owners.leave(owner, session.use)
    }

    // MARK: For the bounds

    /// The session of an owner that has been without a connection for the longest time.
    mutating func longestUnconnected(of owner: OwnerHandle) -> SessionHandle? {
        let slab = self.slab
        return owners.longestUnconnected(of: owner) { SessionTable.isUnconnected($0, in: slab) }
    }

    mutating func setRate(_ rate: MessageRate, of owner: OwnerHandle, now: Moment) {
        owners.setRate(rate, of: owner, now: now)
    }

    mutating func hasMessage(of owner: OwnerHandle, now: Moment) -> Bool { owners.hasMessage(of: owner, now: now) }

    mutating func takeMessage(of owner: OwnerHandle) { owners.takeMessage(of: owner) }

    mutating func sweepOwners(_ budget: Int, now: Moment) { owners.sweep(budget, now: now) }

    private mutating func recount(_ handle: SessionHandle, _ before: SessionUse, wasConnected: Bool) {
        guard let after = slab[handle]?.use else { return }
        let isConnected = slab[handle]?.connection != nil
        guard after != before || isConnected != wasConnected, let owner = slab[handle]?.quota else { return }
        if after != before { owners.change(owner, by: after - before) }
        guard isConnected != wasConnected else { return }
        if isConnected { owners.reconnected(of: owner) } else { disconnected(handle, of: owner) }
    }

    private mutating func disconnected(_ handle: SessionHandle, of owner: OwnerHandle?) {
        guard let owner else { return }
        number += 1
        slab[handle]?.unconnectedNumber = number
        owners.disconnected(UnconnectedSession(session: handle, number: number), of: owner)
        let slab = self.slab
        owners.tidy(owner) { SessionTable.isUnconnected($0, in: slab) }
    }

    private static func isUnconnected(_ entry: UnconnectedSession, in slab: Slab<Session, SessionKind>) -> Bool {
        slab[entry.session]?.connection == nil && slab[entry.session]?.unconnectedNumber == entry.number
    }
}
