internal import ArgumentParser
internal import Credentials
internal import HubModel
internal import Registry
internal import SQL
internal import Trust

/// `martlet device`.
struct DeviceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "device", abstract: "Devices, their keys, and the window in which new ones may ask to be let in.",
        discussion: """
            Works on the data folder, whether the hub runs or not; what a running hub knows is changed within a second.

              \(Invocation.program) device add \(Solutions.current.exampleKind)_07 --kind \(Solutions.current.exampleKind)
              \(Invocation.program) device list --state pending
            """,
        subcommands: [
            DeviceAdd.self, DeviceList.self, DeviceRotate.self, DeviceRevoke.self, DeviceEnable.self,
            DeviceRemove.self, DeviceApprove.self, DeviceReject.self, DeviceJoin.self,
        ])
}

/// `martlet device add`.
struct DeviceAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Adds devices and prints their keys, once.",
        discussion: """
            Nobody can read a key again: only its hash is stored. For one device its key is the only line of the output, \
            for several each line is a name and a key. All are added, or none.

              \(Invocation.program) device add \(Solutions.current.exampleKind)_07 --kind \(Solutions.current.exampleKind) --site north
              (umask 077; \(Invocation.program) device add --ids-stdin --kind \(Solutions.current.exampleKind) < names.txt > keys.txt)
            """)

    /// The most devices that are added at once.
    private static let limit = 10_000

    @OptionGroup var data: DataArgument

    @Argument(help: .init("The names: 1 to 64 letters, digits and . _ - : @", valueName: "ID"))
    var ids: [DeviceID] = []

    @Flag(help: "Read the names from standard input, one a line.")
    var idsStdin = false

    @Option(help: .init("What they are.", valueName: "KIND"))
    var kind: DeviceKind

    @Option(help: .init("The site they belong to.", valueName: "SITE"))
    var site = SiteID.main

    @Option(help: .init("The device that may speak for them besides themselves.", valueName: "ID"))
    var controller: DeviceID?

    @Flag(help: "Make the data folder if it is not there, before a hub has ever run on it.")
    var create = false

    func validate() throws {
        if ids.isEmpty != idsStdin { throw ValidationError("Give the names, or --ids-stdin") }
    }

    func run() async throws {
        try await AdministrationFolder.use(data.path, makes: create ? .asked : .never) { folder in
            let wanted = idsStdin ? try DeviceAdd.names() : ids
            let (kind, site, controller) = (kind, site, controller)
            let made = try await folder.changeDevices { devices, administrator, transaction in
                let controller = try controller.map { try devices.name($0, in: transaction) }
                return try wanted.map { id in
                    let made = try devices.add(
                        id, kind: kind, site: site, controller: controller, by: administrator, in: transaction)
                    return (id: made.device.id, key: made.key.text)
                }
            }
            if let only = made.first, made.count == 1, !idsStdin {
                Output.secrets([only.key])
                Output.note("\(only.id) is added; this key is shown only now")
            } else {
                Output.secrets(made.map { "\($0.id) \($0.key)" })
                Output.note("\(made.count) devices are added; their keys are shown only now")
            }
        }
    }

    private static func names() throws -> [DeviceID] {
        let text = try StandardInput.text(named: "list of names", maximum: limit * (DeviceID.maximumLength + 2))
        let lines = TextInput.lines(text).filter { !$0.isEmpty }
        guard (1...limit).contains(lines.count) else {
            throw SettingError("1 to \(limit) names are taken from standard input")
        }
        return try lines.map { line in
            guard let id = DeviceID(String(line)) else {
                throw SettingError(
                    "a line of standard input is no name of a device: 1 to 64 letters, digits, . _ - : @")
            }
            return id
        }
    }
}

/// `martlet device rotate`.
struct DeviceRotate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Gives a device a new key and prints it, once; the old one ends at once.",
        discussion: "  \(Invocation.program) device rotate \(Solutions.current.exampleKind)_07")

    @OptionGroup var data: DataArgument

    @Argument(help: .init("The name.", valueName: "ID"))
    var id: DeviceID

    func run() async throws {
        let id = id
        try await AdministrationFolder.use(data.path) { folder in
            let made = try await folder.changeDevices { devices, administrator, transaction in
                try devices.rotate(devices.name(id, in: transaction), by: administrator, in: transaction)
            }
            Output.secrets([made.key.text])
            Output.note("\(made.device.id) has a new key; it is shown only now")
        }
    }
}

/// `martlet device revoke`.
struct DeviceRevoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Disables a device and takes its key and certificates; its connection ends.",
        discussion: """
            To let it in again: device enable, then device rotate or ca issue.

              \(Invocation.program) device revoke \(Solutions.current.exampleKind)_07
            """)

    @OptionGroup var data: DataArgument

    @Argument(help: .init("The name.", valueName: "ID"))
    var id: DeviceID

    func run() async throws {
        let id = id
        try await AdministrationFolder.use(data.path) { folder in
            let device = try await folder.changeDevices { devices, administrator, transaction in
                try devices.revoke(devices.name(id, in: transaction), by: administrator, in: transaction)
            }
            Output.note("\(device.id) is disabled, and has no key and no certificate any more")
        }
    }
}

/// `martlet device enable`.
struct DeviceEnable: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enable", abstract: "Lets a disabled device come in again.",
        discussion: "  \(Invocation.program) device enable \(Solutions.current.exampleKind)_07")

    @OptionGroup var data: DataArgument

    @Argument(help: .init("The name.", valueName: "ID"))
    var id: DeviceID

    func run() async throws {
        let id = id
        try await AdministrationFolder.use(data.path) { folder in
            let device = try await folder.changeDevices { devices, administrator, transaction in
                try devices.setEnabled(true, devices.name(id, in: transaction), by: administrator, in: transaction)
            }
            Output.note(
                device.credential == .none
                    ? "\(device.id) is active, but has no key: \(Invocation.program) device rotate \(device.id)"
                    : "\(device.id) is active")
        }
    }
}

/// `martlet device remove`.
struct DeviceRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Takes a device out of the hub; its history stays.",
        discussion: "  \(Invocation.program) device remove \(Solutions.current.exampleKind)_07")

    @OptionGroup var data: DataArgument

    @Argument(help: .init("The name.", valueName: "ID"))
    var id: DeviceID

    func run() async throws {
        let id = id
        try await AdministrationFolder.use(data.path) { folder in
            let name = try await folder.changeDevices { devices, administrator, transaction in
                let name = try devices.name(id, in: transaction)
                try devices.remove(name, by: administrator, in: transaction)
                return name
            }
            Output.note("\(name) is removed; its history stays")
        }
    }
}
