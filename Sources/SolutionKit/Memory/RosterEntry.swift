public import HubModel
internal import SQL

/// A device in a `Roster`: the value that a solution keeps of it, and beside it what the roster notes.
public protocol RosterEntry: SavedEntry {
    /// Its name in the hub.
    var device: DeviceID { get }
    /// Where it is.
    var site: SiteID { get }
    /// The MQTT client that spoke for it last. `Roster.setClient` sets it.
    var clientID: String? { get set }
    /// When time alone changes something of it next; nil: never. Tell the roster when that becomes sooner (`Roster.schedule`).
    /// - Parameter now: the present, for an entry whose times lie ahead of it: somebody set the clock back.
    func deadline(at now: Timestamp) -> Timestamp?
    /// What the roster notes. A new entry begins with `RosterUpkeep()`.
    var upkeep: RosterUpkeep { get set }
}

/// What a roster notes of one entry.
public struct RosterUpkeep: Hashable, Sendable {
    /// Whether the table lacks something.
    @usableFromInline var isDirty = false
    /// When the table was last written.
    @usableFromInline var savedAt: Timestamp?
    /// The soonest of its deadlines in the heap.
    @usableFromInline var scheduled: Timestamp?
    /// Until when time alone does not change it, because that failed.
    @usableFromInline var heldBack: Timestamp?
    /// The device that was found last to be allowed to speak for it (`SpeakerRights`).
    public var speaker: DeviceID?
    /// Telling the registry of devices that it is there.
    public var registering = Occasionally.onceAMinute

    /// Nothing is noted yet.
    public init() {}
}

extension RosterEntry {
    /// Whether the table lacks something.
    @inlinable
    public var isDirty: Bool {
        get { upkeep.isDirty }
        set { upkeep.isDirty = newValue }
    }

    /// When the table was last written.
    @inlinable
    public var savedAt: Timestamp? {
        get { upkeep.savedAt }
        set { upkeep.savedAt = newValue }
    }

    /// Tells the registry of devices that the device is there, at most once a minute.
    /// - Throws: `SQLFailure`.
    public func noteSeen(
        at instant: Timestamp, address: String?, firmware: String? = nil, to devices: any DeviceBook,
        in line: inout LineContext
    ) throws {
        let before = upkeep.registering
        guard upkeep.registering.isDue(at: line.now) else { return }
        line.ifUndone { [self] in upkeep.registering = before }
        try devices.seen(device, at: instant, address: address, firmware: firmware, in: try line.transaction())
    }
}
