internal import ArgumentParser
internal import Certificates
internal import Foundation
internal import HubModel

/// `martlet cert`.
struct CertificateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cert", abstract: "Certificates for the hub itself.",
        discussion: "  \(Invocation.program) cert dev --name hub.local", subcommands: [CertificateForDevelopment.self])
}

/// `martlet cert dev`.
struct CertificateForDevelopment: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dev",
        abstract: "Makes a certificate for development: localhost, 127.0.0.1, ::1 and further names.",
        discussion: """
            It is signed by an authority that is made for it alone; let browsers and clients trust ca.pem. The key of that \
            authority is thrown away: nobody can sign anything else with it.

              \(Invocation.program) cert dev --name hub.local --name 192.168.1.20
              \(Invocation.program) serve --https 127.0.0.1:8443 --tls-cert data/tls/server.pem --tls-key data/tls/server.key
            """)

    @OptionGroup var data: DataArgument

    @Option(help: .init("The folder for the files (default: tls in the data folder).", valueName: "DIR"))
    var out: String?

    @Option(help: .init("A further host name or IP address; may be repeated.", valueName: "HOST"))
    var name: [String] = []

    func run() async throws {
        let folder = out ?? DataOption.path(data.path) + "/tls"
        try await CertificateTrouble.explained {
            var generator = SystemRandomNumberGenerator()
            let made = try DevelopmentCertificate.create(in: folder, further: name, now: Date(), using: &generator)
            Output.facts([
                ("certificate", made.certificateFile), ("key", made.keyFile), ("to be trusted", made.authorityFile),
                ("names", made.names.joined(separator: " ")), ("serial", made.facts.serial.hex),
                ("valid until", made.facts.end),
            ])
        }
    }
}

/// Turns what goes wrong with certificates into a sentence for the person at the keyboard.
enum CertificateTrouble {
    /// As `Failure.explained`.
    static func explained(_ body: () async throws -> Void) async throws {
        try await Failure.explained { try await said(body) }
    }

    /// Inside of `Failure.explained`.
    static func said(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let failure as CertificateFailure {
            throw SettingError(failure.description)
        }
    }
}

extension CertificateFacts {
    /// Until when it is valid, for people.
    var end: String { Output.time(Timestamp(seconds: Int64(notAfter.timeIntervalSince1970))) + " UTC" }
}
