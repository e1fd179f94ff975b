public import HubModel

/// The devices that a handler keeps in memory, as the tables have them: by name, by the client that speaks for them, what of them is still to
/// be written, and what time alone will change.
///
/// It belongs to one handler and is used on the writer's thread alone. A message that changes nothing but when its device was last heard costs
/// neither a statement nor an allocation. What a message adds to it is undone with the message where a `LineContext` is asked for; the rest
/// is for the handler to undo. `forget` drops the whole roster.
public final class Roster<Entry: RosterEntry> {
    @usableFromInline var entries: [DeviceID: Entry] = [:]
    @usableFromInline var dirty = DirtyList<Entry>()
    @usableFromInline var deadlines = InstantHeap<Entry>()
    /// The time of the last look at the deadlines; nil: there was none, and nothing is in the heap.
    @usableFromInline var lookedAt: Timestamp?
    private var speakers = SpeakerIndex<DeviceID>()

    /// No device is known.
    public init() {}

    /// A device.
    @inlinable
    public subscript(device: DeviceID) -> Entry? { entries[device] }

    /// All devices, in no order.
    @inlinable
    public var all: some Collection<Entry> { entries.values }

    /// Puts an entry in, and sees to its deadline. There must be none of its name.
    public func insert(_ entry: Entry) {
        entries[entry.device] = entry
        speakers.move(entry.device, from: nil, to: entry.clientID)
        entry.upkeep.scheduled = nil
        schedule(entry)
    }

    /// Takes an entry out; does nothing for one that is not in it, or in whose place another is.
    public func remove(_ entry: Entry) {
        guard entries[entry.device] === entry else { return }
        entries[entry.device] = nil
        speakers.move(entry.device, from: entry.clientID, to: nil)
    }

    // MARK: Clients

    /// The devices for which a client spoke last, in the order of their names.
    public func entries(of clientID: String) -> [Entry] { speakers.devices(of: clientID).compactMap { entries[$0] } }

    /// From now on another client speaks for a device; nil: none. Undone with the message.
    public func setClient(_ clientID: String?, of entry: Entry, in line: inout LineContext) {
        let before = entry.clientID
        line.ifUndone { self.move(entry, to: before) }
        move(entry, to: clientID)
    }

    private func move(_ entry: Entry, to clientID: String?) {
        speakers.move(entry.device, from: entry.clientID, to: clientID)
        entry.clientID = clientID
    }

    // MARK: What is to be written

    /// Notes that an entry is to be written.
    @inlinable
    public func markDirty(_ entry: Entry) { dirty.mark(entry) }

    /// What is to be written at the end of this batch, the longest waiting first; none that was written within the last second
    /// (`SavedEntry.savedAt`). Before everything is forgotten it is all: what is forgotten must be in the tables.
    /// - Parameter limit: a large fleet must not hold up the messages with its last-seen times.
    @inlinable
    public func takeDirty(atMost limit: Int, in line: borrowing LineContext) -> [Entry] {
        if line.forgetsAfterCommit { return takeAllDirty() }
        return dirty.take(atMost: limit, at: line.now).filter { entries[$0.device] === $0 }
    }

    /// All that is to be written, the longest waiting first.
    @inlinable
    public func takeAllDirty() -> [Entry] { dirty.takeAll().filter { entries[$0.device] === $0 } }
}
