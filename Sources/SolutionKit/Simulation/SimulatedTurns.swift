package import HubModel

/// A simulated device over HTTP and what it has asked for, in turn: one request at a time, answers in the order of requests. It has no socket
/// and no clock; its driver does what `next` says, and reports how that went before it asks again.
package struct SimulatedTurns<Device: SimulatedDevice>: Sendable {
    /// What the driver does next.
    package enum Step: Sendable, Equatable {
        /// Performs these, none of which is a request; then `acted`. `dropped` requests found no room.
        case act([SimulatedAction<Device.Count>], dropped: Int)
        /// Sends this; then `answered`.
        case ask(SimulatedRequest)
        /// Waits until this instant, by the clock on the wall.
        case wait(until: Timestamp)
    }

    /// Requests that wait behind the one that is sent, at most.
    package static var mostWaiting: Int { 64 }

    private var device: Device
    private var waiting: [Waiting] = []
    private var sent: Waiting?
    /// What came of the present `due`; nil: it is settled.
    private var round: Round?
    private var acting: Acting?

    private struct Waiting: Sendable {
        let request: SimulatedRequest
        let isOfRound: Bool
    }

    private struct Acting: Sendable {
        var actions: [SimulatedAction<Device.Count>] = []
        var dropped = 0
        let isOfRound: Bool
    }

    private struct Round: Sendable {
        var open = 0
        var isStored = true
    }

    /// A device that has done nothing yet.
    package init(_ device: Device) { self.device = device }

    /// What is to be done now.
    package mutating func next(at now: Timestamp) -> Step {
        if acting == nil { advance(at: now) }
        if let acting { return .act(acting.actions, dropped: acting.dropped) }
        if sent == nil, !waiting.isEmpty { sent = waiting.removeFirst() }
        if let sent { return .ask(sent.request) }
        return .wait(until: device.nextDue)
    }

    /// What `act` said is done.
    /// - Parameter isStored: whether all that was published is acknowledged.
    package mutating func acted(isStored: Bool) {
        if let acting, acting.isOfRound, !isStored || acting.dropped > 0 { round?.isStored = false }
        acting = nil
    }

    /// The request that `ask` named has this answer, or none.
    package mutating func answered(_ answer: SimulatedAnswer, at now: Timestamp) {
        guard let request = sent else { return }
        sent = nil
        if request.isOfRound {
            round?.open -= 1
            if !answer.isStored { round?.isStored = false }
        }
        take(device.take(.answered(answer), at: now), isOfRound: false)
    }

    /// Settles what is over, and begins what is due.
    private mutating func advance(at now: Timestamp) {
        if let over = round, over.open == 0 {
            round = nil
            take(device.take(.settled(isStored: over.isStored), at: now), isOfRound: false)
        } else if round == nil, device.nextDue <= now {
            round = Round()
            take(device.take(.due, at: now), isOfRound: true)
        }
    }

    private mutating func take(_ actions: [SimulatedAction<Device.Count>], isOfRound: Bool) {
        var acting = Acting(isOfRound: isOfRound)
        for action in actions {
            guard case .request(let request) = action else {
                acting.actions.append(action)
                continue
            }
            if waiting.count < SimulatedTurns.mostWaiting {
                waiting.append(Waiting(request: request, isOfRound: isOfRound))
                if isOfRound { round?.open += 1 }
            } else {
                acting.dropped += 1
            }
        }
        self.acting = acting
    }
}
