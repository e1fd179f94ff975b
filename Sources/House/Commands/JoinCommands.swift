internal import ArgumentParser
internal import Credentials
internal import HubModel
internal import Registry
internal import SQL
internal import Trust

/// `martlet device join`.
struct DeviceJoin: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "join", abstract: "Opens or closes the window in which unknown devices may ask to be let in.",
        discussion: """
            Without an option it says whether the window is open. Unknown devices that come meanwhile are pending: what \
            they send is kept aside until they are approved or rejected.

              \(Invocation.program) device join --minutes 10
              \(Invocation.program) device join --close
            """)

    @OptionGroup var data: DataArgument

    @Option(help: .init("Open the window for so long, 1 to 60 minutes.", valueName: "N"))
    var minutes: Int64?

    @Flag(help: "Close the window.")
    var close = false

    func validate() throws {
        if close, minutes != nil { throw ValidationError("--minutes and --close exclude each other") }
        guard (1...60).contains(minutes ?? 1) else { throw ValidationError("--minutes must be from 1 to 60") }
    }

    func run() async throws {
        let (minutes, close) = (minutes, close)
        try await AdministrationFolder.use(data.path) { folder in
            let until: Timestamp? = try await folder.changeDevices { devices, administrator, transaction in
                if let minutes { return try devices.openJoin(minutes: minutes, by: administrator, in: transaction) }
                if close { try devices.closeJoin(by: administrator, in: transaction) }
                return try JoinRegistry().openUntil(at: administrator.instant, in: transaction)
            }
            print(until.map { "open until \(Output.time($0)) UTC" } ?? "closed")
        }
    }
}

/// `martlet device approve`.
struct DeviceApprove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve", abstract: "Lets a pending device in, and prints its new key, once.",
        discussion: """
            What it sent while it waited is taken in. With --keep-password it goes on with the password that it showed, \
            and nothing is printed.

              \(Invocation.program) device approve \(Solutions.current.exampleKind)_09 --site north
              \(Invocation.program) device approve \(Solutions.current.exampleKind)_09 --keep-password
            """)

    @OptionGroup var data: DataArgument

    @Argument(help: .init("The name that it gave.", valueName: "ID"))
    var id: DeviceID

    @Option(help: .init("What it is (default: what its topics tell).", valueName: "KIND"))
    var kind: DeviceKind?

    @Option(help: .init("The site it belongs to.", valueName: "SITE"))
    var site = SiteID.main

    @Flag(help: "Keep the password that it showed, instead of a new key.")
    var keepPassword = false

    func run() async throws {
        let (id, kind, site) = (id, kind, site)
        let credential = keepPassword ? ApprovedCredential.offered : .new
        try await AdministrationFolder.use(data.path) { folder in
            let made = try await folder.changeDevices { devices, administrator, transaction in
                try devices.approve(
                    id, kind: kind, site: site, credential: credential, by: administrator, in: transaction)
            }
            if let key = made.key { Output.secrets([key.text]) }
            let note = made.key == nil ? "keeps its password" : "has a new key; it is shown only now"
            Output.note("\(made.device.id) is approved as \(made.device.kind.name) and \(note)")
        }
    }
}

/// `martlet device reject`.
struct DeviceReject: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reject", abstract: "Turns a pending device away; what it sent is dropped.",
        discussion: "  \(Invocation.program) device reject \(Solutions.current.exampleKind)_09")

    @OptionGroup var data: DataArgument

    @Argument(help: .init("The name that it gave.", valueName: "ID"))
    var id: DeviceID

    func run() async throws {
        let id = id
        try await AdministrationFolder.use(data.path) { folder in
            try await folder.changeDevices { devices, administrator, transaction in
                try devices.reject(id, by: administrator, in: transaction)
            }
            Output.note("\(id) is rejected")
        }
    }
}
