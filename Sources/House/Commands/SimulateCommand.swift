internal import ArgumentParser
internal import Foundation
internal import HubModel
internal import Logging
internal import ServiceLifecycle
internal import SolutionKit
internal import UnixSignals

/// A command below `martlet simulate`: a solution's options, and those that all have.
struct SimulateCommand<Options: SimulatorOptions>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: Options.name, abstract: Options.abstract, discussion: Options.discussion)
    }

    @OptionGroup var options: Options

    @Option(
        name: .long, help: .init("HOST:PORT of the hub (MARTLET_MQTT; default 127.0.0.1:1883).", valueName: "HOST:PORT")
    )
    var mqtt: String?

    @Option(
        name: .long,
        help: .init(
            "HOST:PORT of the hub for devices that speak HTTP (MARTLET_HTTP; default 127.0.0.1:8080).",
            valueName: "HOST:PORT", visibility: Options.speaksHTTP ? .default : .hidden))
    var http: String?

    @Option(
        name: .long,
        help: .init(
            "\(Options.keyHolders) keys, a line ID KEY for each, as \(Invocation.program) device add prints them; without it they show none, which only a hub with --open admits.",
            valueName: "FILE"))
    var keys: String?

    @Option(name: .long, help: .init("Stop after so many seconds; without it: on Ctrl-C.", valueName: "SECONDS"))
    var seconds: Double?

    func validate() throws {
        guard (0.001...1e8).contains(seconds ?? 1) else {
            throw ValidationError("--seconds must be from 0.001 to 100000000")
        }
        if http != nil, !Options.speaksHTTP {
            throw ValidationError("--http is for devices that speak HTTP; these speak MQTT alone")
        }
        _ = try (hub, options.fleet(at: Timestamp(microseconds: 0), hasKeys: keys != nil))
    }

    /// Where the devices find their hub.
    private var hub: HubAddresses {
        get throws {
            HubAddresses(
                mqtt: try .of(mqtt, option: "--mqtt", .mqtt, orElse: "127.0.0.1:1883"),
                http: Options.speaksHTTP ? try .of(http, option: "--http", .http, orElse: "127.0.0.1:8080") : nil)
        }
    }

    func run() async throws {
        let clock = SystemClock()
        let simulated = try options.fleet(at: clock.now(), hasKeys: keys != nil)
        if let listing = options.listing(of: simulated) { return print(listing, terminator: "") }
        let fleet = try Fleet(
            simulated, hub: try hub, clock: clock, keys: try keys.map(DeviceKeys.init(file:)) ?? .none)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    .init(
                        service: FleetService(fleet: fleet, seconds: seconds),
                        successTerminationBehavior: .gracefullyShutdownGroup)
                ], gracefulShutdownSignals: [.sigterm, .sigint], logger: .init(label: "martlet.simulate")))
        try await group.run()
        let tally = fleet.book.tally
        print(simulated.summary(tally))
        if let place = tally.refusedProgram {
            try fail("the hub does not know the token of \(simulated.programs[place].option)")
        }
        if tally.refused > 0 {
            try fail(
                "\(tally.refused) of \(simulated.count) \(simulated.noun) were not let in: the hub does not know them, or they have other keys"
            )
        }
    }

    private func fail(_ sentence: String) throws -> Never {
        FileHandle.standardError.write(Data("\(sentence)\n".utf8))
        throw ExitCode.failure
    }
}

extension HostPort {
    /// A door of the hub as simulated devices are told it: what was asked for, or else what the environment says.
    fileprivate static func of(
        _ asked: String?, option: String, _ setting: Setting, orElse preset: String
    ) throws -> HostPort {
        let text = asked ?? ProcessInfo.processInfo.environment[setting.rawValue] ?? preset
        guard let address = HostPort(text) else {
            throw ValidationError("\(option) must be HOST:PORT, such as \(preset)")
        }
        return address
    }
}
