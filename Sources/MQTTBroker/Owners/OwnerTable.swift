/// What each owner uses, and how fast it may still publish. An owner is known as long as it has a session, and after that until its rate is
/// full again, so that coming again gains nothing.
struct OwnerTable {
    private struct Owner {
        let name: QuotaOwner
        var sessions = 0
        /// Sessions without a connection.
        var unconnected = 0
        var use = SessionUse()
        var bucket = TokenBucket.unlimited
        /// Its sessions without a connection, longest without first; those that have one again stay until they come to the front, or are too
        /// many.
        var order = Ring<UnconnectedSession>()
        /// Whether it is in `resting`.
        var isResting = false
    }

    private var owners = Slab<Owner, OwnerKind>()
    private var byName: [QuotaOwner: OwnerHandle] = [:]
    /// By slot: sessions without a connection, and whose. Side by side, so that the largest is found at a glance.
    private var unconnected: [Int32] = []
    private var handles: [OwnerHandle?] = []
    /// Owners without a session whose rate was not full yet, in the order in which they left.
    private var resting = Ring<OwnerHandle>()
    /// What all use.
    private(set) var total = SessionUse()

    /// Owners that are known.
    var count: Int { owners.count }

    func handle(of name: QuotaOwner) -> OwnerHandle? { byName[name] }

    func name(of owner: OwnerHandle) -> QuotaOwner? { owners[owner]?.name }

    func sessions(of name: QuotaOwner) -> Int { byName[name].flatMap { owners[$0]?.sessions } ?? 0 }

    func use(of name: QuotaOwner) -> SessionUse { byName[name].flatMap { owners[$0]?.use } ?? SessionUse() }

    func use(of owner: OwnerHandle) -> SessionUse { owners[owner]?.use ?? SessionUse() }

    // MARK: Sessions

    /// Counts a session.
    mutating func enter(_ name: QuotaOwner, _ use: SessionUse) -> OwnerHandle {
        let owner = byName[name] ?? insert(name)
        owners[owner]?.sessions += 1
        change(owner, by: use)
        return owner
    }

    private mutating func insert(_ name: QuotaOwner) -> OwnerHandle {
        let owner = owners.insert(Owner(name: name))
        byName[name] = owner
        let slot = Int(owner.index)
        while handles.count <= slot {
            handles.append(nil)
            unconnected.append(0)
        }
        handles[slot] = owner
        return owner
    }

    /// A session is over, or another owner's.
    mutating func leave(_ owner: OwnerHandle, _ use: SessionUse) {
        change(owner, by: SessionUse() - use)
        owners[owner]?.sessions -= 1
        guard owners[owner]?.sessions == 0 else { return }
        guard owners[owner]?.bucket.isLimited == true else { return forget(owner) }
        guard owners[owner]?.isResting == false else { return }
        owners[owner]?.isResting = true
        resting.append(owner)
        if resting.count > Self.mostResting, let first = resting.popFirst() { wake(first) }
    }

    /// An owner that is not in `resting` any more.
    private mutating func wake(_ owner: OwnerHandle) {
        owners[owner]?.isResting = false
        if owners[owner]?.sessions == 0 { forget(owner) }
    }

    mutating func change(_ owner: OwnerHandle, by use: SessionUse) {
        total = total + use
        guard let before = owners[owner]?.use else { return }
        owners[owner]?.use = before + use
    }

    /// A session has lost its connection.
    mutating func disconnected(_ entry: UnconnectedSession, of owner: OwnerHandle) {
        owners[owner]?.order.append(entry)
        changeUnconnected(owner, by: 1)
    }

    /// A session without a connection has one again, is over, or another owner's.
    mutating func reconnected(of owner: OwnerHandle) { changeUnconnected(owner, by: -1) }

    private mutating func changeUnconnected(_ owner: OwnerHandle, by change: Int) {
        guard owners.contains(owner) else { return }
        owners[owner]?.unconnected += change
        unconnected[Int(owner.index)] += Int32(change)
    }

    /// The session of the owner that has been without a connection for the longest time.
    mutating func longestUnconnected(
        of owner: OwnerHandle, where isUnconnected: (UnconnectedSession) -> Bool
    ) -> SessionHandle? {
        while let first = owners[owner]?.order.isEmpty == false ? owners[owner]?.order[0] : nil {
            if isUnconnected(first) { return first.session }
            owners[owner]?.order.popFirst()
        }
        return nil
    }

    /// Drops what is over from the order of an owner when that is most of it.
    mutating func tidy(_ owner: OwnerHandle, where isUnconnected: (UnconnectedSession) -> Bool) {
        guard let order = owners[owner]?.order, let unconnected = owners[owner]?.unconnected,
            order.count > 2 * unconnected + Self.fewEntries
        else { return }
        var left = Ring<UnconnectedSession>()
        for position in 0..<order.count where isUnconnected(order[position]) { left.append(order[position]) }
        owners[owner]?.order = left
    }

    /// The owner with the most sessions without a connection; nil if no session is without one.
    var mostUnconnected: OwnerHandle? {
        guard let most = unconnected.max(), most > 0, let slot = unconnected.firstIndex(of: most) else { return nil }
        return handles[slot]
    }

    // MARK: Rates

    /// Sets how fast an owner may publish. What it has used up stays used up.
    mutating func setRate(_ rate: MessageRate, of owner: OwnerHandle, now: Moment) {
        owners[owner]?.bucket.change(to: rate, now: now.elapsed)
    }

    /// Whether one message's worth of an owner's rate is there.
    mutating func hasMessage(of owner: OwnerHandle, now: Moment) -> Bool {
        guard owners[owner]?.bucket.isLimited == true else { return true }
        return owners[owner]?.bucket.hasMessage(now: now.elapsed) ?? true
    }

    /// Takes one message's worth; what is not there is owed.
    mutating func takeMessage(of owner: OwnerHandle) {
        if owners[owner]?.bucket.isLimited == true { owners[owner]?.bucket.takeMessage() }
    }

    /// When the owner's next message is within its rate.
    func nextMessage(of owner: OwnerHandle, now: Moment) -> Int64 {
        owners[owner]?.bucket.nextAt(now: now.elapsed) ?? now.elapsed
    }

    // MARK: Forgetting

    /// Looks at some owners without a session and forgets those whose rate is full again.
    mutating func sweep(_ budget: Int, now: Moment) {
        for _ in 0..<min(budget, resting.count) {
            guard let owner = resting.popFirst() else { return }
            if owners[owner]?.sessions == 0, owners[owner]?.bucket.isFull(now: now.elapsed) == false {
                resting.append(owner)
            } else {
                wake(owner)
            }
        }
    }

    private mutating func forget(_ owner: OwnerHandle) {
        guard let gone = owners.remove(owner) else { return }
        byName[gone.name] = nil
        handles[Int(owner.index)] = nil
        unconnected[Int(owner.index)] = 0
    }

    private static let fewEntries = 16
    /// Owners without a session that are remembered for their rate; of more the first to have left is forgotten.
    private static let mostResting = 50_000
}

/// A session in the order of those without a connection. It counts as long as the session has this number.
struct UnconnectedSession {
    let session: SessionHandle
    let number: UInt64
}

/// Marks handles of owners.
enum OwnerKind {}
typealias OwnerHandle = Handle<OwnerKind>
