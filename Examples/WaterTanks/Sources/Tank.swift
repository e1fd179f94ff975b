package import HubModel
internal import SolutionKit

/// How a tank is.
package enum TankState: String, CaseIterable, Sendable {
    /// Neither low nor about to run over.
    case filled
    /// Somebody should fill it.
    case low
    /// Somebody should close its valve.
    case overflowing
    /// It was not heard of for too long, or never.
    case unknown
}

/// A water tank: what people say of it, and what its sensor said last. A value; the line tells it what happens, and the clock.
package struct Tank: Hashable, Sendable {
    /// The device that reports for it.
    package let id: DeviceID
    /// Where it is.
    package private(set) var site: SiteID
    /// Whether its name is that of a device at its site, which it follows to another one. A tank that people added has none at first.
    package private(set) var hasDevice: Bool
    /// What people call it.
    package var title: String
    /// How much it holds when it is full, in litres.
    package var litres: Int64
    /// How full it is, 0...1,000 thousandths; nil: it was never heard of.
    package private(set) var permille: Int64?
    /// How it is.
    package private(set) var state = TankState.unknown
    /// Since when.
    package private(set) var since: Timestamp
    /// When it was last heard of.
    package private(set) var lastSeen: Timestamp?

    /// What a tank holds of which nobody has said it.
    package static let usualLitres: Int64 = 1_000

    /// A tank that was not heard of yet.
    package init(
        _ id: DeviceID, site: SiteID, hasDevice: Bool = false, title: String? = nil, litres: Int64 = usualLitres,
        at instant: Timestamp
    ) {
        self.id = id
        self.site = site
        self.hasDevice = hasDevice
        self.title = title ?? id.text
        self.litres = litres
        since = instant
    }

    /// A tank as it was kept.
    package init(
        _ id: DeviceID, site: SiteID, hasDevice: Bool, title: String, litres: Int64, permille: Int64?,
        state: TankState, since: Timestamp, lastSeen: Timestamp?
    ) {
        self.init(id, site: site, hasDevice: hasDevice, title: title, litres: litres, at: since)
        self.permille = permille
        self.state = state
        self.lastSeen = lastSeen
    }

    /// Goes where its device is; nil: there is no device of its name. A device that somebody adds under its name at another site is not its
    /// own, and takes it nowhere: else adding a device would be enough to see a tank that one may not see.
    /// - Parameter chosen: where people say that it is, as far as they may; it counts for a tank without a device.
    package mutating func place(deviceAt device: SiteID?, chosen: SiteID? = nil) {
        if hasDevice, let device {
            site = device
        } else {
            site = chosen ?? site
            hasDevice = device == site
        }
    }

    /// Below `begins` it is so, and stays so until it reaches `ends`: a surface that moves must not raise an alert with each wave.
    private static let low = (begins: Int64(200), ends: Int64(250))
    private static let overflowing = (begins: Int64(980), ends: Int64(950))

    /// Its sensor said how full it is.
    /// - Returns: whether its state changed.
    package mutating func heard(_ permille: Int64, at instant: Timestamp) -> Bool {
        self.permille = permille
        lastSeen = instant
        let isLow = permille < (state == .low ? Tank.low.ends : Tank.low.begins)
        let isOverflowing = permille >= (state == .overflowing ? Tank.overflowing.ends : Tank.overflowing.begins)
        return become(isLow ? .low : isOverflowing ? .overflowing : .filled, at: instant)
    }

    /// Time went by.
    /// - Parameter silence: how long it may say nothing, in seconds.
    /// - Returns: whether its state changed.
    package mutating func passed(to now: Timestamp, silence: Int64) -> Bool {
        guard let deadline = deadline(at: now, silence: silence), deadline <= now else { return false }
        return become(.unknown, at: deadline)
    }

    /// When silence makes its level unknown; nil: it is.
    package func deadline(at now: Timestamp, silence: Int64) -> Timestamp? {
        guard let lastSeen, state != .unknown else { return nil }
        // When the machine's clock was set back by more than that, nobody knows either.
        let isSetBack = lastSeen.microseconds(since: now) > silence * 1_000_000
        return isSetBack ? now : FixedSilence(seconds: silence).end(after: lastSeen)
    }

    private mutating func become(_ next: TankState, at instant: Timestamp) -> Bool {
        guard next != state else { return false }
        state = next
        since = instant
        return true
    }
}
