internal import HubModel
internal import SQL
internal import SolutionKit

/// Devices' requests that wait for commands: woken by a commit, served down the line.
struct DevicePolls: CommandPolls {
    let polls: LongPoll<DeviceID>
    let line: any Line

    func next(
        for device: DeviceID, by asker: DeviceID?, within time: Duration, confirming confirmation: CommandConfirmation,
        stillAllowed: () async throws -> Void
    ) async throws -> [Command] {
        var hasWaited = false
        let given = try await polls.value(for: device, by: asker?.text, within: min(time, CommandWait.longest)) {
            // A key that was changed meanwhile, or a device that was switched off, gets nothing any more.
            if hasWaited { try await stillAllowed() }
            hasWaited = true
            let given = try await line.perform(with: CommandsHandler.self) { handler, line in
                try handler.take(for: device, confirming: confirmation, in: &line)
            }
            return given.isEmpty ? nil : given
        }
        return given ?? []
    }
}
