public import HubModel

/// A solution with a part in the demonstration: devices that do not exist and connect to the very hub that runs them.
public protocol HasDemonstration: Solution {
    /// Those devices.
    associatedtype DemonstrationFleet: SimulatedFleet

    /// The fleet that runs in a demonstration from this instant on; nil if there is none.
    func demonstration(at now: Timestamp) -> DemonstrationFleet?

    /// Makes what the devices need in the solution's own tables, and is not there yet: it runs at every start of a demonstration. Nothing
    /// unless it says otherwise. The devices themselves are registered before.
    func prepareDemonstration(_ services: WebServices, by caller: Caller) async throws
}

extension HasDemonstration {
    /// Nothing.
    public func prepareDemonstration(_ services: WebServices, by caller: Caller) async throws {}
}
