internal import HubModel

/// Counts wrong passwords of devices, by the name and the address they came with, and says when nobody is to be listened to for a while. A
/// value of bounded size. Only passwords that a device brought along need it: a key of 256 random bits cannot be guessed.
struct KeyThrottle: Sendable {
    private struct Entry {
        var failures: Int
        var lastAt: Int64
        var lockedUntil: Int64

        /// As if the last failure were now, if the clock was set back since: its lock lasts as long as it was made for, and no longer.
        mutating func follow(_ now: Int64) {
            guard now < lastAt else { return }
            lockedUntil -= lastAt - now
            lastAt = now
        }
    }

    private struct Key: Hashable {
        let address: String
        let device: DeviceID?
    }

    /// Failures of one name from one address that cost nothing.
    static let freeFailures = 5
    /// Failures of all names from one address that cost nothing.
    static let freeFailuresOfAddress = 60
    /// The first lock, in seconds; each further failure doubles it.
    static let firstLock: Int64 = 2
    /// The longest lock, in seconds.
    static let longestLock: Int64 = 120
    /// Seconds after which failures are forgotten.
    static let memory: Int64 = 900

    private let capacity: Int
    private var entries: [Key: Entry] = [:]

    init(capacity: Int = 20_000) {
        self.capacity = max(2, capacity)
    }

    /// Entries that are kept.
    var count: Int { entries.count }

    /// Whole seconds for which no password for this name is looked at from this address; nil: it is.
    /// - Parameter isKnown: whether the device was there lately: what others do wrong there does not keep it out then.
    mutating func secondsLocked(
        _ device: DeviceID, from address: String?, isKnown: Bool = false, at instant: Timestamp
    ) -> Int? {
        let (from, now) = (AddressGroup.of(address), instant.microseconds)
        var longest: Int64 = 0
        for key in isKnown
            ? [Key(address: from, device: device)]
            : [
                Key(address: from, device: device), Key(address: from, device: nil),
            ]
        {
            entries[key]?.follow(now)
            longest = max(longest, (entries[key]?.lockedUntil ?? now) - now)
        }
        return longest > 0 ? Int((longest + 999_999) / 1_000_000) : nil
    }

    /// Notes a wrong password.
    mutating func failed(_ device: DeviceID, from address: String?, at instant: Timestamp) {
        note(
            Key(address: AddressGroup.of(address), device: device), free: KeyThrottle.freeFailures, instant.microseconds
        )
        note(
            Key(address: AddressGroup.of(address), device: nil), free: KeyThrottle.freeFailuresOfAddress,
            instant.microseconds)
    }

    private mutating func note(_ key: Key, free: Int, _ now: Int64) {
        if entries[key] == nil, entries.count >= capacity { makeRoom(now) }
        var entry = entries[key] ?? Entry(failures: 0, lastAt: now, lockedUntil: 0)
        entry.follow(now)
        if now - entry.lastAt > KeyThrottle.memory * 1_000_000 { entry.failures = 0 }
        entry.failures += 1
        entry.lastAt = now
        if entry.failures > free {
            let doublings = min(entry.failures - free - 1, 16)
            let lock = min(KeyThrottle.firstLock << Int64(doublings), KeyThrottle.longestLock)
            entry.lockedUntil = max(entry.lockedUntil, now + lock * 1_000_000)
        }
        entries[key] = entry
    }

    /// Forgets what is over; if nothing is, half of all, those that are locked last.
    private mutating func makeRoom(_ now: Int64) {
        entries = entries.filter { now - $0.value.lastAt <= KeyThrottle.memory * 1_000_000 }
        guard entries.count >= capacity else { return }
        func rank(_ entry: Entry) -> (Int, Int64) { (entry.lockedUntil > now ? 1 : 0, entry.lastAt) }
        for (key, _) in entries.sorted(by: { rank($0.value) < rank($1.value) }).prefix(capacity / 2) {
            entries[key] = nil
        }
    }
}
