internal import HubModel
internal import SolutionKit

/// Clients over HTTP: each does one thing after the other, as a microcontroller does.
extension Fleet {
    /// Drives a device until the task is cancelled or the hub does not let it in.
    func run(_ plan: SimulatedClient, _ index: Int, showing place: SimulatedCredentialPlace, _ senders: Senders) async {
        guard let http = hub.http else { return }
        let credentials = keys.credentials(of: plan.names).map { SimulatedCredentials(name: $0.userName, key: $0.key) }
        var client = RequestClient(
            host: http.host, port: http.port, fields: place == .fields ? credentials?.fields ?? [] : [],
            onConnection: { [book] isThere in
                book.note { isThere ? $0.noteConnected() : $0.noteDisconnected() }
            })
        var turns = SimulatedTurns(simulated.device(index, at: clock.now(), showing: credentials))
        while !Task.isCancelled {
            switch turns.next(at: clock.now()) {
            case .act(let actions, let dropped):
                if dropped > 0 { book.note { $0.notePublished(acknowledged: 0, failed: dropped) } }
                turns.acted(isStored: await perform(actions, senders))
            case .wait(let instant): await wait(until: instant)
            case .ask(let request):
                let answer = await client.answer(to: request)
                // What was given up is no failure of the hub's.
                if Task.isCancelled { break }
                book.note { $0.noteAnswered(answer) }
                // Coming back would not help: it is not one of the hub's devices, or its key is another.
                if answer.isRefusalOfDevice { return await client.close() }
                turns.answered(answer, at: clock.now())
            }
        }
        await client.close()
    }
}

extension SimulatedCredentials {
    /// As requests show them in their head.
    fileprivate var fields: [SimulatedRequest.Field] {
        [SimulatedRequest.Field("X-Device-Id", name), SimulatedRequest.Field("X-API-Key", key)]
    }
}
