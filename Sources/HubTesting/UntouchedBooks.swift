public import HubModel
public import SQL
public import SolutionKit

/// Books of devices, of commands and of what was done in which nothing is, and that a test does not expect to be written in: that is an error.
public struct UntouchedBooks: DeviceBook, CommandBook, AuditBook {
    /// Somebody opened a book.
    public struct Touched: Error {}

    /// The books.
    public init() {}

    /// Throws.
    public func admit(
        _ device: DeviceID, kind: DeviceKind, from address: String?, at instant: Timestamp, in transaction: Transaction
    ) throws -> Bool {
        throw Touched()
    }

    /// Throws.
    public func seen(
        _ device: DeviceID, at instant: Timestamp, address: String?, firmware: String?, in transaction: Transaction
    ) throws { throw Touched() }

    /// Throws.
    public func site(of device: DeviceID, in reader: some SQLReading) throws -> SiteID? { throw Touched() }

    /// Throws.
    public func devices(
        of kind: DeviceKind, at sites: SiteScope, after last: DeviceID?, limit: Int, in reader: some SQLReading
    ) throws -> [KnownDevice] { throw Touched() }

    /// Throws.
    public func hasSite(_ site: SiteID, in reader: some SQLReading) throws -> Bool { throw Touched() }

    /// Throws.
    public func maySpeak(_ device: DeviceID, for other: DeviceID, in reader: some SQLReading) throws -> Bool {
        throw Touched()
    }

    /// Throws.
    public func record(_ entry: AuditEntry, at instant: Timestamp, in transaction: Transaction) throws {
        throw Touched()
    }

    /// Throws.
    public func enqueue(
        device: DeviceID, name: String, parameters: String, timeToLiveSeconds: Int64, timeoutSeconds: Int64,
        at instant: Timestamp, in transaction: Transaction
    ) throws -> Command { throw Touched() }

    /// Throws.
    public func advance(
        _ id: String, to state: CommandState, result: String?, error: String?, at instant: Timestamp,
        in transaction: Transaction
    ) throws -> Command? { throw Touched() }

    /// None: nothing was asked.
    public func open(device: DeviceID, in reader: some SQLReading) throws -> [Command] { [] }

    /// Throws.
    public func note(_ refused: RefusedMessage, in transaction: Transaction) throws { throw Touched() }

    /// Throws.
    public func refusals(of device: DeviceID, in reader: some SQLReading) throws -> [RefusedMessage] { throw Touched() }

    /// Throws.
    public func hold(_ id: String, by session: String?, in transaction: Transaction) throws { throw Touched() }

    /// Throws.
    public func held(by session: String, in reader: some SQLReading) throws -> [Command] { throw Touched() }

    /// Nobody holds any.
    public func holders(in reader: some SQLReading) throws -> Set<String> { [] }

    /// None.
    public func overdue(
        kind: DeviceKind, at instant: Timestamp, in reader: some SQLReading
    ) throws -> [Command] { [] }

    /// Throws.
    public func command(_ id: String, in reader: some SQLReading) throws -> Command? { throw Touched() }

    /// Throws.
    public func command(_ id: String, device: DeviceID, in reader: some SQLReading) throws -> Command? {
        throw Touched()
    }

    /// Throws.
    public func open(device: DeviceID, upTo id: String, in reader: some SQLReading) throws -> [Command] {
        throw Touched()
    }

    /// Throws.
    public func commands(_ selection: CommandSelection, in reader: some SQLReading) throws -> [Command] {
        throw Touched()
    }

    /// Throws.
    public func known(_ device: DeviceID, in reader: some SQLReading) throws -> KnownDevice? { throw Touched() }
}
