internal import HubModel
internal import Registry
internal import SQL
internal import SolutionKit

extension DeviceAdmission {
    /// Closes the join window when its time is over. Call it now and then: the time alone shuts it, but for a clock that is set back
    /// later it would be open again.
    /// - Throws: what the database throws, or the line.
    public func closeWindowIfOver() async throws {
        let (join, now) = (join, clock.now())
        let isDue = try await database.read { reader in
            try join.openUntil(in: reader) != nil && join.openUntil(at: now, in: reader) == nil
        }
        guard isDue else { return }
        _ = try await line.perform { line in try join.closeIfOver(at: line.now, in: line.transaction()) }
    }
}
