public import ArgumentParser
public import HubModel

/// A solution whose devices can be pretended: `martlet simulate` has a command for it.
public protocol HasSimulator: Solution {
    /// The command's options, and what is made of them.
    var simulator: any SimulatorOptions.Type { get }
}

/// The options of a command below `martlet simulate`, beside those that all have: `--mqtt`, `--keys`, `--seconds`; `--http` where devices speak
/// it.
public protocol SimulatorOptions: ParsableArguments {
    /// What is simulated.
    associatedtype Fleet: SimulatedFleet

    /// The command's name: `valves`.
    static var name: String { get }
    /// One sentence about it.
    static var abstract: String { get }
    /// More about it, for its `--help`. Nothing unless it says otherwise.
    static var discussion: String { get }
    /// Whether some of its fleets have clients over HTTP: then the command takes `--http`. False unless it says otherwise.
    static var speaksHTTP: Bool { get }
    /// Whose keys `--keys` takes, as its help says it: `The valves'`.
    static var keyHolders: String { get }

    /// The fleet that the options ask for.
    /// - Parameters:
    ///   - now: the clock on the wall.
    ///   - hasKeys: whether devices show keys.
    /// - Throws: `ValidationError` for options that contradict each other. The command asks once before it runs.
    func fleet(at now: Timestamp, hasKeys: Bool) throws -> Fleet

    /// What is to be printed instead of simulating anything, with its last line break; nil: simulate.
    func listing(of fleet: Fleet) -> String?
}

extension SimulatorOptions {
    /// Nothing.
    public static var discussion: String { "" }

    /// All clients speak MQTT.
    public static var speaksHTTP: Bool { false }

    /// There is nothing to list.
    public func listing(of fleet: Fleet) -> String? { nil }
}
