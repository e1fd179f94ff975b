internal import DequeModule
package import MQTTCodec

extension ClientSession {
    /// The reader is done with a message. It is answered once all earlier ones are ([MQTT-4.6.0-2]). A message whose
    /// connection is gone is not answered: the server sends it again.
    package mutating func acknowledge(
        _ acknowledgement: ReceivedMessage.Acknowledgement, reason: ReasonCode, _ actions: inout [ClientAction]
    ) {
        guard acknowledgement.serial >= firstOwedSerial else { return }
        let offset = Int(clamping: acknowledgement.serial - firstOwedSerial)
        guard offset < owed.count else { return }
        if owed[offset].state == .open { owed[offset].state = .given(reason) }
        flushOwed(&actions)
    }

    func isOwed(_ identifier: PacketIdentifier) -> Bool {
        owed.contains { $0.identifier == identifier && $0.qos == .exactlyOnce && $0.state != .dropped }
    }

    /// How many messages the server may count as sent and unacknowledged ([MQTT-3.3.4-9]).
    var unacknowledgedByUs: Int {
        owed.isEmpty ? unreleased.count : unreleased.count + owed.count { $0.state != .dropped }
    }

    /// Answers from the front of the queue as far as the answers are known.
    mutating func flushOwed(_ actions: inout [ClientAction]) {
        while let next = owed.first {
            switch next.state {
            case .open: return
            case .dropped: break
            case .given(let reason):
                // A QoS 2 answer given while offline waits for the connection that goes on with the session.
                guard phase == .online else { return }
                answer(next, reason, &actions)
            }
            _ = owed.popFirst()
            firstOwedSerial += 1
        }
    }

    private mutating func answer(_ owed: Owed, _ reason: ReasonCode, _ actions: inout [ClientAction]) {
        let answer = PublishAnswer(
            packetIdentifier: owed.identifier, reason: settings.version == .v5_0 ? reason : .success)
        if owed.qos == .atLeastOnce { return actions.append(.send(.puback(answer))) }
        if !answer.reason.isFailure { unreleased.insert(owed.identifier) }
        actions.append(.send(.pubrec(answer)))
    }
}
