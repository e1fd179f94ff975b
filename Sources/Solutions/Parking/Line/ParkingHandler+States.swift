internal import HubModel
internal import SolutionKit

extension StateSubject {
    /// A parking spot, as people are told of it.
    static let spot = StateSubject("spot")
}

extension SpotState {
    /// What is known of the sensor, as far as the spot's status rests on it.
    enum SensorState: String {
        /// It is heard.
        case reporting
        /// Nothing was heard of it for too long, or never.
        case silent
        /// A person has decided, and nobody waits for it.
        case unused
    }

    var sensorState: SensorState {
        if isOutOfService || override != nil { return .unused }
        return status == .unknown ? .silent : .reporting
    }
}

/// What the car park says of its spots to those who watch the devices of all solutions.
extension ParkingHandler {
    /// Notes how a spot and its sensor are.
    /// - Parameter before: how they were; what is the same is not noted. Nil: nobody knows.
    func noteStates(of entry: SpotEntry, since before: SpotState? = nil, in line: inout LineContext) {
        let state = entry.spot.state
        if before?.status != state.status {
            let severity: StateSeverity = state.status == .unknown ? .unknown : .good
            note(.spot, state.status.rawValue, state.statusSince, severity, of: entry.spot.facts, in: &line)
        }
        if before?.sensorState != state.sensorState {
            let since = before == nil || before?.status != state.status ? state.statusSince : line.now
            let severity: StateSeverity = state.sensorState == .silent ? .attention : .good
            note(.device, state.sensorState.rawValue, since, severity, of: entry.spot.facts, in: &line)
        }
    }

    /// Notes that there is nothing to be known of a spot any more: it was removed.
    func noteRemoval(of spot: SpotFacts, in line: inout LineContext) {
        for subject in [StateSubject.spot, .device] { note(subject, nil, line.now, .good, of: spot, in: &line) }
    }

    private func note(
        _ subject: StateSubject, _ word: String?, _ since: Timestamp, _ severity: StateSeverity, of spot: SpotFacts,
        in line: inout LineContext
    ) {
        line.note(
            DeviceStateChange(
                device: spot.id, kind: .parking, site: spot.site, subject: subject, state: word, since: since,
                severity: severity))
    }
}
