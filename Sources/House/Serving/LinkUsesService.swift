internal import HubModel
internal import Logging
internal import ServiceLifecycle
internal import Trust

/// Stores how often links were used: once a minute, and what is left when nobody can follow one any more.
struct LinkUsesService: Service {
    let uses: LinkUses
    let rhythm: any Rhythm
    let trouble: TroubleLog

    func run() async {
        await cancelWhenGracefulShutdown { await rhythm.every(LinkUses.interval) { await write() } }
        await write()
    }

    private func write() async {
        do {
            try await uses.write()
        } catch {
            trouble.note("The uses of links could not be stored", error)
        }
    }
}
