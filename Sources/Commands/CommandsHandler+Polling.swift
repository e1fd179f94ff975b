internal import HubModel
internal import SQL
internal import SolutionKit

/// Commands that a device is given in an answer, because it asked for them or because it said something.
extension CommandsHandler {
    func take(
        for device: DeviceID, confirming confirmation: CommandConfirmation, in line: inout LineContext
    ) throws -> [Command] {
        guard let known = find(device) else { return [] }
        let transaction = try line.transaction()
        if case .upTo(let id?) = confirmation {
            for command in try book.open(device: device, upTo: id, in: transaction) where holder(of: command) == .poll {
                _ = try take(.acknowledged, for: command, in: &line)
            }
        }
        for command in try book.open(device: device, in: transaction) {
            _ = try end(command, ifDueBy: line.now, in: &line)
        }
        let open = try book.open(device: device, in: transaction)
        var room = known.form.inFlight - open.count { holder(of: $0).isOnTheWay }
        var given: [Command] = []
        for command in open {
            switch holder(of: command) {
            case .poll where confirmation != .none: given.append(command)
            case .queue where room > 0:
                room -= 1
                given.append(try take(.given, for: command, in: &line))
            default: break
            }
        }
        return given
    }
}
