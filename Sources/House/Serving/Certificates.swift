internal import Foundation
internal import Transport

/// The certificates with which the hub shows itself, one for each of its doors with TLS, out of the same files.
struct DoorCertificates: Sendable {
    let https: ServerTLS?
    let mqtts: ServerTLS?
    /// The file whose authorities devices' certificates are checked against; nil: none are asked for.
    var authorityFile: String? { mqtts?.files.clientAuthorities }

    /// Reads the files that the configuration names.
    /// - Throws: `SettingError`.
    init(_ configuration: Configuration) throws {
        guard let chain = configuration.tlsCertificate, let key = configuration.tlsKey else {
            (https, mqtts) = (nil, nil)
            return
        }
        // Devices may show a certificate of the hub's own authority as soon as there is one (`martlet ca init`).
        let own = AuthorityFiles(data: configuration.data).files.certificate
        let authorities = configuration.clientAuthority ?? (FileFacts.isTaken(own) ? own : nil)
        do throws(TLSFileFailure) {
            https =
                configuration.https == nil
                ? nil
                : try ServerTLS(
                    TLSFiles(certificateChain: chain, privateKey: key), applicationProtocols: ["http/1.1"])
            mqtts =
                configuration.mqtts == nil
                ? nil
                : try ServerTLS(
                    TLSFiles(certificateChain: chain, privateKey: key, clientAuthorities: authorities))
        } catch {
            throw SettingError(error.description)
        }
    }

    /// All that there are.
    var all: [ServerTLS] { [https, mqtts].compactMap { $0 } }
}
