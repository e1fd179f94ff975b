internal import ArgumentParser
internal import HubModel
internal import Registry
internal import SQL
internal import Trust

/// `martlet device list`.
struct DeviceList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "The devices, and those that wait to be approved.",
        discussion: """
              \(Invocation.program) device list --kind \(Solutions.current.exampleKind)
              \(Invocation.program) device list --state pending --json
            """)

    /// The states of the API: `pending` ones are no devices of the hub yet.
    enum State: String, CaseIterable, ExpressibleByArgument {
        case pending, active, disabled
    }

    @OptionGroup var data: DataArgument
    @OptionGroup var list: ListArgument

    @Option(help: .init("Only those in this state.", valueName: "STATE"))
    var state: State?

    @Option(help: .init("Only those of this kind.", valueName: "KIND"))
    var kind: DeviceKind?

    @Option(help: .init("Only those of this site.", valueName: "SITE"))
    var site: SiteID?

    /// Rows that are read at once.
    private static let page = 1_000

    func run() async throws {
        try await AdministrationFolder.use(data.path) { folder in
            let (devices, pending) = try await read(folder.database)
            if list.json { json(devices, pending) } else { table(devices, pending) }
        }
    }

    /// All that fit; the registry's limit and that of the join window bound them.
    private func read(_ database: Database) async throws -> ([DeviceRecord], [PendingDevice]) {
        var filter = DeviceFilter()
        filter.state = state.flatMap { DeviceState(rawValue: $0.rawValue) }
        filter.kind = kind
        filter.site = site
        let (wantsDevices, wantsPending) = (state != .pending, (state ?? .pending) == .pending && site == nil)
        return try await database.read { [filter, kind] reader in
            var devices: [DeviceRecord] = []
            var pending: [PendingDevice] = []
            while wantsDevices {
                let more = try DeviceRegistry().devices(
                    filter, after: devices.last?.id.text, limit: DeviceList.page, in: reader)
                devices += more
                if more.count < DeviceList.page { break }
            }
            while wantsPending {
                let more = try JoinRegistry().pending(
                    kind: kind, after: pending.last?.id.text, limit: DeviceList.page, in: reader)
                pending += more
                if more.count < DeviceList.page { break }
            }
            return (devices, pending)
        }
    }

    private func table(_ devices: [DeviceRecord], _ pending: [PendingDevice]) {
        var rows = devices.map { device in
            [
                device.id.text, device.state.rawValue, device.kind.name, device.site.text,
                device.credential.rawValue, Output.time(device.lastSeen), device.address ?? "-",
                device.firmware ?? "-",
            ]
        }
        rows += pending.map { device in
            [
                device.id.text, "pending", device.kind?.name ?? "-", "-",
                device.offered == nil ? "none" : "password", Output.time(device.lastSeen), device.address ?? "-", "-",
            ]
        }
        Output.table(["ID", "STATE", "KIND", "SITE", "SHOWS", "LAST SEEN (UTC)", "ADDRESS", "FIRMWARE"], rows)
    }

    private func json(_ devices: [DeviceRecord], _ pending: [PendingDevice]) {
        Output.json { json in
            json.object { json in
                json.array("devices") { json in
                    for device in devices { json.write(device) }
                    for device in pending { json.write(device) }
                }
            }
        }
    }
}

extension JSONWriter {
    /// A device, with the names that the API gives its members.
    fileprivate mutating func write(_ device: DeviceRecord) {
        object { json in
            json.member("id", device.id.text)
            json.member("kind", device.kind.name)
            json.member("site", device.site.text)
            json.member("state", device.state.rawValue)
            json.member("controller", device.controller?.text)
            json.member("first_seen", device.firstSeen)
            json.member("last_seen", device.lastSeen)
            json.member("firmware", device.firmware)
            json.member("address", device.address)
            json.member("credential", device.credential.rawValue)
        }
    }

    fileprivate mutating func write(_ device: PendingDevice) {
        object { json in
            json.member("id", device.id.text)
            json.member("kind", device.kind?.name)
            json.member("site", String?.none)
            json.member("state", "pending")
            json.member("first_seen", device.firstSeen)
            json.member("last_seen", device.lastSeen)
            json.member("address", device.address)
            json.member("messages", device.messages)
            json.member("dropped", device.dropped)
            json.member("topics", device.topics) { $0.string($1) }
            json.member("offers_password", device.offered != nil)
        }
    }
}
