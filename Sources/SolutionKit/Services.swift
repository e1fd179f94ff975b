public import HubModel
public import SQL

/// What a solution's handler is given.
public struct LineServices: Sendable {
    /// The devices, written inside the line.
    public let devices: any DeviceBook
    /// The commands, written inside the line.
    public let commands: any CommandBook
    /// The links, written inside the line.
    public let links: any LinkBook
    /// Who did what: for what people do by messages instead of requests.
    public let audit: any AuditBook
    /// Who people are.
    public let people: any PeopleDirectory
    /// What the declared settings are set to.
    public let settings: SettingValues

    /// Services.
    public init(
        devices: any DeviceBook, commands: any CommandBook, links: any LinkBook = NoLinks(), audit: any AuditBook,
        people: any PeopleDirectory = NoPeople(), settings: SettingValues = SettingValues()
    ) {
        self.devices = devices
        self.commands = commands
        self.links = links
        self.audit = audit
        self.people = people
        self.settings = settings
    }
}

/// What a solution's routes are given.
public struct WebServices: Sendable {
    /// Reads tables; never through the writer.
    public let database: Database
    /// Reads what was measured.
    public let history: any ReadingHistory
    /// Changes state: down the line, like everything that does.
    public let line: any Line
    /// The devices.
    public let devices: any DeviceBook
    /// The commands.
    public let commands: any CommandBook
    /// Hands commands to devices that ask for them, and lets these wait.
    public let commandPolls: any CommandPolls
    /// Who did what: whatever a person changes is recorded in the same transaction.
    public let audit: any AuditBook
    /// The time.
    public let clock: any WallClock
    /// How time passes, for a route that waits (`LongPoll`) or paces itself: by the hub's own clock, which tests move.
    public let rhythm: any Rhythm
    /// The hub's files.
    public let blobs: any BlobShelf
    /// Adds devices and gives them keys.
    public let deviceKeys: any DeviceKeyBook
    /// The people of the hub.
    public let people: any PeopleBook
    /// What the declared settings are set to.
    public let settings: SettingValues

    /// Services.
    public init(
        database: Database, history: any ReadingHistory, line: any Line, devices: any DeviceBook,
        commands: any CommandBook, commandPolls: any CommandPolls = NoCommandPolls(), audit: any AuditBook,
        clock: any WallClock, rhythm: any Rhythm = SteadyRhythm(), blobs: any BlobShelf = NoBlobs(),
        deviceKeys: any DeviceKeyBook = NoDeviceKeys(),
        people: any PeopleBook = NoPeople(), settings: SettingValues = SettingValues()
    ) {
        self.database = database
        self.history = history
        self.line = line
        self.devices = devices
        self.commands = commands
        self.commandPolls = commandPolls
        self.audit = audit
        self.clock = clock
        self.rhythm = rhythm
        self.blobs = blobs
        self.deviceKeys = deviceKeys
        self.people = people
        self.settings = settings
    }
}

/// The way by which everything that changes state goes: a bounded queue, drained in batches by one writer.
public protocol Line: Sendable {
    /// Runs work inside the next batch; returns after its commit.
    /// - Throws: what the work throws (undone then); `Refusal` with `overloaded` when the queue is full, `stopping`
    ///   at the end.
    func perform<Value: Sendable>(_ work: @escaping @Sendable (inout LineContext) throws -> Value) async throws -> Value

    /// Hands work to the solution's own handler inside the next batch, which knows what only it keeps in memory.
    /// - Throws: as `perform`; `Refusal` with `not_found` for a solution that is not there.
    func perform<Handler: MessageHandler, Value: Sendable>(
        with handler: Handler.Type, _ work: @escaping @Sendable (Handler, inout LineContext) throws -> Value
    ) async throws -> Value
}

/// The hub's devices, as the line changes them.
public protocol DeviceBook: Sendable {
    /// Notes a device's existence. On a hub that is open its row is made on first contact; elsewhere people have made it before.
    /// - Parameter address: where its first message comes from: devices that are made so are bounded for each address.
    /// - Returns: whether it was unknown until now.
    /// - Throws: `Refusal` with `not_found` for an unknown one that people must admit, `conflict` when the name belongs to a device of
    ///   another kind, `limit_reached` when there are too many.
    func admit(
        _ device: DeviceID, kind: DeviceKind, from address: String?, at instant: Timestamp, in transaction: Transaction
    ) throws -> Bool

    /// Notes when a device was last heard of, from which address, with which firmware; nil leaves what is known.
    func seen(
        _ device: DeviceID, at instant: Timestamp, address: String?, firmware: String?, in transaction: Transaction
    ) throws

    /// The site a device belongs to; nil when it is not admitted.
    func site(of device: DeviceID, in reader: some SQLReading) throws -> SiteID?

    /// What is known of a device, also of one that was removed; nil when there never was one of this name.
    func known(_ device: DeviceID, in reader: some SQLReading) throws -> KnownDevice?

    /// The devices of a kind that are at these sites, ordered by name, at most `limit` of them behind `last`; none that was removed. A solution
    /// that keeps rows of its own for each device finds out so where they are, in pieces of a bounded size.
    func devices(
        of kind: DeviceKind, at sites: SiteScope, after last: DeviceID?, limit: Int, in reader: some SQLReading
    ) throws -> [KnownDevice]

    /// Whether the hub has a site of this name, at which devices may be.
    func hasSite(_ site: SiteID, in reader: some SQLReading) throws -> Bool

    /// Whether a device may speak for another: it is the same, or its controller.
    func maySpeak(_ device: DeviceID, for other: DeviceID, in reader: some SQLReading) throws -> Bool

    /// Keeps a refusal of a device, for its operator; the newest of each device are kept. One that is no device of the hub has none.
    func note(_ refused: RefusedMessage, in transaction: Transaction) throws

    /// The refusals that are kept of a device, newest first.
    func refusals(of device: DeviceID, in reader: some SQLReading) throws -> [RefusedMessage]
}

/// The commands to devices.
public protocol CommandBook: Sendable {
    /// Stores a new command as queued.
    /// - Throws: `Refusal` with `limit_reached` when too many commands wait for the device.
    func enqueue(
        device: DeviceID, name: String, parameters: String, timeToLiveSeconds: Int64, timeoutSeconds: Int64,
        at instant: Timestamp,
        in transaction: Transaction
    ) throws -> Command

    /// Brings a command to another state, if its present state allows that.
    /// - Returns: the command as it is now; nil if it is unknown or the step is not allowed.
    func advance(
        _ id: String, to state: CommandState, result: String?, error: String?, at instant: Timestamp,
        in transaction: Transaction
    ) throws -> Command?

    /// The commands of a device that are not final, oldest first.
    func open(device: DeviceID, in reader: some SQLReading) throws -> [Command]

    /// Those of them that were asked for no later than this one of the device's, whatever became of it; none when it has no such command.
    func open(device: DeviceID, upTo id: String, in reader: some SQLReading) throws -> [Command]

    /// Notes that a kept session of the device's holds an open command, or with nil that none does any more.
    func hold(_ id: String, by session: String?, in transaction: Transaction) throws

    /// The open commands that a session holds, oldest first.
    func held(by session: String, in reader: some SQLReading) throws -> [Command]

    /// The sessions that hold commands.
    func holders(in reader: some SQLReading) throws -> Set<String>

    /// Open commands of this kind of device that time has overtaken: expired, or their answer overdue.
    func overdue(kind: DeviceKind, at instant: Timestamp, in reader: some SQLReading) throws -> [Command]

    /// One command of whatever device, without its history.
    func command(_ id: String, in reader: some SQLReading) throws -> Command?

    /// One command, with its history.
    func command(_ id: String, device: DeviceID, in reader: some SQLReading) throws -> Command?

    /// Commands, newest first, with their history and the kind of their device.
    /// - Throws: `invalid_parameter` when there is no command that they are to come behind.
    func commands(_ selection: CommandSelection, in reader: some SQLReading) throws -> [Command]
}
