internal import ArgumentParser
internal import Certificates
internal import Foundation
internal import HubModel
internal import Registry
internal import SQL
internal import Trust

/// `martlet ca`.
struct AuthorityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ca",
        abstract: "A small certificate authority, in DATA/ca: devices prove with its certificates who they are.",
        discussion: """
              \(Invocation.program) ca init
              \(Invocation.program) ca issue \(Solutions.current.exampleKind)_07 --out certificates
            """,
        subcommands: [AuthorityInit.self, AuthorityIssue.self, AuthorityRevoke.self, AuthorityList.self])
}

/// `martlet ca init`.
struct AuthorityInit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Makes the authority: ca.pem, and ca.key for its owner alone; valid for ten years.",
        discussion: """
            A hub reads ca.pem when it starts. Keep a copy of ca.key where only you can reach it: who has it can be any \
            device whose certificate is recorded. `\(Invocation.program) backup` copies both.

            Files that are there are never overwritten. While certificates of the authority before are valid, another one is made only \
            with --replace: move the folder ca away first, and issue certificates anew.

              \(Invocation.program) ca init --data /var/lib/martlet
            """)

    @OptionGroup var data: DataArgument

    @Flag(help: "Make another authority, although valid certificates of the one before open nothing with it.")
    var replace = false

    func run() async throws {
        let path = DataOption.path(data.path)
        try await CertificateTrouble.explained {
            let place = AuthorityFiles(data: path)
            let files = place.files
            try place.requireBothOrNone()
            let isNew = !FileFacts.isTaken(files.certificate)
            if isNew, !replace, FileFacts.isTaken(path + "/martlet.db") { try await requireNoCertificates() }
            var generator = SystemRandomNumberGenerator()
            let authority = try CertificateAuthority.create(in: place.folder, now: Date(), using: &generator)
            Output.facts([
                ("certificate", files.certificate), ("key", files.key), ("name", authority.facts.commonName),
                ("serial", authority.facts.serial.hex), ("valid until", authority.facts.end),
            ])
        }
    }
}

extension AuthorityInit {
    /// An authority that is lost is not begun anew without a word: devices would trust the one before.
    private func requireNoCertificates() async throws {
        try await AdministrationFolder.use(data.path) { folder in
            let now = SystemClock().now()
            let valid = try await folder.database.read { try DeviceCredentials.countValid(at: now, in: $0) }
            let count = valid.values.reduce(0, +)
            guard count > 0 else { return }
            throw SettingError(
                """
                \(count) certificates of devices are valid that an authority signed which is not in \(folder.path)/ca any more; put its files \
                back from a backup, or make another one with --replace and issue the certificates anew
                """)
        }
    }
}

/// `martlet ca issue`.
struct AuthorityIssue: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "issue",
        abstract: "Issues a certificate to a device: DEVICE.pem, and DEVICE.key unless it has a key.",
        discussion: """
            With --csr only the key of the request is taken, never a name. The key that is made otherwise is nowhere but in \
            DEVICE.key: move it to the device.

              \(Invocation.program) ca issue \(Solutions.current.exampleKind)_07 --out certificates
              \(Invocation.program) ca issue \(Solutions.current.exampleKind)_07 --out certificates --csr \(Solutions.current.exampleKind)_07.csr --days 90
            """)

    @OptionGroup var data: DataArgument

    @Argument(help: .init("The device; it must have been added before.", valueName: "DEVICE"))
    var id: DeviceID

    @Option(help: .init("The folder for the files; made if it is not there.", valueName: "DIR"))
    var out: String

    @Option(help: .init("A certificate signing request (PEM).", valueName: "FILE"))
    var csr: String?

    @Option(help: .init("Days for which it is valid, 1 to 3652.", valueName: "N"))
    var days = 730

    func validate() throws {
        guard (1...CertificateAuthority.maximumDays).contains(days) else {
            throw ValidationError("--days must be from 1 to \(CertificateAuthority.maximumDays)")
        }
    }

    func run() async throws {
        try await AdministrationFolder.use(data.path) { folder in
            try await CertificateTrouble.said {
                let request = try csr.map(AuthorityIssue.request)
                let (devices, id) = (folder.devices, id)
                let known = try await folder.database.read { reader in
                    let name = try devices.name(id, in: reader)
                    guard let device = try DeviceRegistry().device(name, in: reader) else {
                        throw Refusal(.notFound, "There is no device \(id).")
                    }
                    return device.id
                }
                var generator = SystemRandomNumberGenerator()
                let authority = try AuthorityFiles(data: folder.path).load()
                let issued = try authority.issue(
                    to: known.text, days: days, now: Date(), request: request, using: &generator)
                let files = try issued.write(to: out, named: known.text)
                do {
                    try await record(issued, of: known, by: authority, in: folder)
                } catch {
                    // What is not recorded opens nothing, and would only be in the way.
                    for file in [files.certificate, files.key].compactMap({ $0 }) {
                        try? FileManager.default.removeItem(atPath: file)
                    }
                    throw error
                }
                Output.facts(
                    [("certificate", files.certificate)] + (files.key.map { [("key", $0)] } ?? []) + [
                        ("serial", issued.facts.serial.hex), ("valid until", issued.facts.end),
                    ])
            }
        }
    }

    private func record(
        _ issued: IssuedCertificate, of device: DeviceID, by authority: CertificateAuthority,
        in folder: AdministrationFolder
    ) async throws {
        try await folder.changeDevices { devices, administrator, transaction in
            let certificate = DeviceCertificate(
                serial: issued.facts.serial.hex, device: device, commonName: issued.facts.commonName,
                notAfter: Timestamp(seconds: Int64(issued.facts.notAfter.timeIntervalSince1970)),
                issuedAt: administrator.instant, authority: authority.identity)
            try devices.recordCertificate(certificate, by: administrator, in: transaction)
        }
    }

    private static func request(_ path: String) throws -> String {
        guard let file = FileHandle(forReadingAtPath: path), let bytes = try? file.read(upToCount: 65_537) else {
            throw SettingError("\(path) cannot be read")
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// `martlet ca revoke`.
struct AuthorityRevoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Makes a device's certificate worth nothing; the connection that came with it ends.",
        discussion:
            "  \(Invocation.program) ca revoke 4f2a…    (`\(Invocation.program) ca list` has the serial numbers)")

    @OptionGroup var data: DataArgument

    @Argument(help: .init("The serial number, hexadecimal, with or without colons.", valueName: "SERIAL"))
    var serial: String

    func validate() throws {
        guard CertificateSerial(serial) != nil else {
            throw ValidationError("a serial number is up to 40 hexadecimal digits")
        }
    }

    func run() async throws {
        let serial = serial
        try await AdministrationFolder.use(data.path) { folder in
            let certificate = try await folder.changeDevices { devices, administrator, transaction in
                try devices.revokeCertificate(serial: serial, by: administrator, in: transaction)
            }
            Output.note("the certificate \(certificate.serial) of \(certificate.device) is revoked")
        }
    }
}

/// `martlet ca list`.
struct AuthorityList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "The certificates that were issued, newest first.",
        discussion: """
              \(Invocation.program) ca list
              \(Invocation.program) ca list --device \(Solutions.current.exampleKind)_07 --json
            """)

    /// The most certificates that are shown.
    private static let limit = 100_000

    @OptionGroup var data: DataArgument
    @OptionGroup var list: ListArgument

    @Option(help: .init("Only those of this device.", valueName: "ID"))
    var device: DeviceID?

    func run() async throws {
        let device = device
        try await AdministrationFolder.use(data.path) { folder in
            let devices = folder.devices
            let certificates = try await folder.database.read { reader in
                try devices.certificates(
                    of: device.map { try devices.name($0, in: reader) }, limit: AuthorityList.limit, in: reader)
            }
            let now = SystemClock().now()
            guard list.json else {
                return Output.table(
                    ["SERIAL", "DEVICE", "STATE", "ISSUED (UTC)", "VALID UNTIL (UTC)", "REVOKED (UTC)"],
                    certificates.map { certificate in
                        [
                            certificate.serial, certificate.device.text, certificate.state(at: now),
                            Output.time(certificate.issuedAt), Output.time(certificate.notAfter),
                            Output.time(certificate.revokedAt),
                        ]
                    })
            }
            Output.json { json in
                json.object { json in
                    json.member("certificates", certificates) { $0.write($1, at: now) }
                }
            }
        }
    }
}

extension DeviceCertificate {
    /// `valid`, `expired` or `revoked`.
    fileprivate func state(at now: Timestamp) -> String {
        revokedAt != nil ? "revoked" : notAfter <= now ? "expired" : "valid"
    }
}

extension JSONWriter {
    fileprivate mutating func write(_ certificate: DeviceCertificate, at now: Timestamp) {
        object { json in
            json.member("serial", certificate.serial)
            json.member("device", certificate.device.text)
            json.member("common_name", certificate.commonName)
            json.member("state", certificate.state(at: now))
            json.member("issued_at", certificate.issuedAt)
            json.member("not_after", certificate.notAfter)
            json.member("revoked_at", certificate.revokedAt)
        }
    }
}
