/// All sessions, by handle and by owner and client identifier.
struct SessionTable {
    private var slab = Slab<Session, SessionKind>()
    private var byKey: [SessionKey: SessionHandle] = [:]

    var count: Int { slab.count }
    /// The length an array indexed by session needs.
    var capacity: Int { slab.capacity }
    var handles: [SessionHandle] { slab.handles }

    subscript(handle: SessionHandle) -> Session? {
        _read { yield slab[handle] }
        _modify { yield &slab[handle] }
    }

    func handle(of key: SessionKey) -> SessionHandle? { byKey[key] }

    mutating func insert(_ session: Session) -> SessionHandle {
        let key = session.key
        let handle = slab.insert(session)
        byKey[key] = handle
        return handle
    }

    mutating func remove(_ handle: SessionHandle) -> Session? {
        guard let session = slab.remove(handle) else { return nil }
        if byKey[session.key] == handle { byKey[session.key] = nil }
        return session
    }
}
