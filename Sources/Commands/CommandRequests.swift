internal import Crypto
internal import HubModel
internal import SQL
internal import SolutionKit

/// Requests that carry a name: each asks its device once, however often it is sent. A request whose answer got lost opens no gate twice.
struct CommandRequests {
    let book: any CommandBook

    /// A day: as long as a caller may try again.
    static let table = RequestTable("command_request", keptSeconds: 86_400)

    /// The command that a request asks for, made now or when the name was used first.
    /// - Parameters:
    ///   - showingAnswer: whether the caller may see the device's commands: what it has answered meanwhile, and which one the name stands for.
    ///   - make: asks the device.
    /// - Throws: `conflict` when the name stands for another request, or for a command that is not kept any more; what `make` throws.
    func once(
        _ request: CommandRequest, to device: DeviceID, by caller: Caller, showingAnswer: Bool,
        in line: inout LineContext,
        _ make: (inout LineContext) throws -> Command
    ) throws -> Command {
        guard let name = request.requestID else { return try make(&line) }
        let transaction = try line.transaction()
        try Self.table.removeExpired(at: line.now, in: transaction)
        var made: Command?
        let (id, _) = try Self.table.once(
            name, in: "\(device) \(Self.scope(of: caller))", content: Self.content(of: request),
            answerMember: showingAnswer ? RouteRefusal.commandMember : nil, at: line.now, in: transaction
        ) {
            let command = try make(&line)
            made = command
            return command.id
        }
        if let made { return made }
        guard var known = try book.command(id, device: device, in: transaction) else {
            throw Refusal(.conflict, "The command of the request \(name) is not kept any more.")
        }
        if !showingAnswer { (known.result, known.error) = (nil, nil) }
        return known
    }

    /// In whose space the name is: that of the account, whichever of its tokens is used.
    private static func scope(of caller: Caller) -> String {
        switch caller.identity {
        case .person(let account, _, _), .token(let account, _, _): "account:\(account)"
        case .device(let device, _, _): "device:\(device)"
        case .keyless(let kind): "keyless:\(kind.name)"
        case .link(let grant): "link:\(grant.id)"
        case .shell(let name): "shell:\(name)"
        case .anonymous: "anonymous"
        case .open: "open"
        case .hub: "hub"
        }
    }

    private static func content(of request: CommandRequest) -> String {
        // Not the parameters themselves: they may hold what only the device should know.
        let text =
            "\(request.name)\n\(request.timeToLiveSeconds) \(request.timeoutSeconds)\n\(request.parameters)"
        return SHA256.hash(data: Array(text.utf8)).map { String(Int($0) + 256, radix: 16).suffix(2) }.joined()
    }
}
