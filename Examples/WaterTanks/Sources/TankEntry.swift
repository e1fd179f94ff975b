internal import HubModel
internal import SolutionKit

/// A tank in memory.
final class TankEntry: RosterEntry {
    var tank: Tank
    var clientID: String?
    var upkeep = RosterUpkeep()
    /// How long it may say nothing, in seconds.
    private let silence: Int64

    init(_ tank: Tank, silence: Int64) {
        self.tank = tank
        self.silence = silence
    }

    var device: DeviceID { tank.id }
    var site: SiteID { tank.site }

    func deadline(at now: Timestamp) -> Timestamp? { tank.deadline(at: now, silence: silence) }

    /// Time went by.
    /// - Returns: whether its state changed.
    func passed(to now: Timestamp) -> Bool { tank.passed(to: now, silence: silence) }
}
