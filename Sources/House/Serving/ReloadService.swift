internal import Logging
internal import ServiceLifecycle
internal import Transport
internal import UnixSignals

/// On SIGHUP reads the certificate for TLS again: connections that are open live on, new ones get the new certificate.
struct ReloadService: Service {
    let certificates: [ServerTLS]
    let authority: AuthorityWatch
    let logger: Logger
    /// Looks at what was read.
    let afterwards: @Sendable () async -> Void

    func run() async {
        // Without this the signal would end a hub that has no certificate.
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            var isRead = !certificates.isEmpty
            for certificate in certificates {
                do {
                    try certificate.reload()
                    logger.notice("Certificate read again")
                } catch {
                    isRead = false
                    logger.error(
                        "The certificate could not be read again; the one before it stays in use",
                        metadata: ["reason": .string("\(error)")])
                }
            }
            guard isRead else { continue }
            authority.readAgain()
            await afterwards()
        }
    }
}
