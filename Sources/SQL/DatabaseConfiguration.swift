/// How a database is opened.
public struct DatabaseConfiguration: Sendable, Hashable {
    /// Where the data lives.
    public enum Location: Sendable, Hashable {
        /// A file; it is made when it does not exist. SQLite keeps `-wal` and `-shm` beside it.
        case file(String)
        /// Memory only, gone when the database is closed. For tests: its readers wait for its writer.
        case memory
    }

    /// What a commit waits for.
    public enum Durability: Sendable, Hashable {
        /// The commit is on the disk when `write` returns (`synchronous=FULL`).
        case full
        /// A power cut may take the last commits, never the file's consistency (`synchronous=NORMAL`).
        case normal
    }

    /// Where the data lives.
    public var location: Location
    /// Connections that read at the same time. 0: reads take turns with the writer on one connection, which costs two files
    /// instead of five or more and suits a database that is opened for a moment. Default 4.
    public var readers: Int
    /// How long a transaction waits for another process's lock before it fails with `busy`. Default 5 s.
    public var busyTimeout: Duration
    /// Page cache of each connection in bytes. Default 8 MiB.
    public var cacheBytes: Int
    /// Page size of a file that is made here: a power of two, 512...65,536. Default 4,096.
    public var pageBytes: Int
    /// What a commit waits for. Default `full`.
    public var durability: Durability
    /// A commit that finds this many pages in the write-ahead log folds them into the file; 0: none does. Default 4,000:
    /// enough for `checkpoint` to be there first.
    public var checkpointPages: Int

    /// A configuration with the defaults named at each property.
    public init(_ location: Location, readers: Int = 4, durability: Durability = .full) {
        self.location = location
        self.readers = readers
        self.busyTimeout = .seconds(5)
        self.cacheBytes = 8 << 20
        self.pageBytes = 4096
        self.durability = durability
        self.checkpointPages = 4000
    }
}
