internal import MQTTCodec

/// All sessions, by handle and by client identifier.
struct SessionTable {
    private var slab = Slab<Session, SessionKind>()
    private var byIdentifier: [MQTTString: SessionHandle] = [:]

    var count: Int { slab.count }
    /// The length an array indexed by session needs.
    var capacity: Int { slab.capacity }
    var handles: [SessionHandle] { slab.handles }

    subscript(handle: SessionHandle) -> Session? {
        _read { yield slab[handle] }
        _modify { yield &slab[handle] }
    }

    func handle(of identifier: MQTTString) -> SessionHandle? { byIdentifier[identifier] }

    mutating func insert(_ session: Session) -> SessionHandle {
        let identifier = session.identifier
        let handle = slab.insert(session)
        byIdentifier[identifier] = handle
        return handle
    }

    mutating func remove(_ handle: SessionHandle) -> Session? {
        guard let session = slab.remove(handle) else { return nil }
        if byIdentifier[session.identifier] == handle { byIdentifier[session.identifier] = nil }
        return session
    }
}
