import MQTTBroker
import MQTTCodec

/// Clients whose identifiers begin with an owner's name and a dash are that owner's; the others are nobody's.
func ownersBench(_ mode: Bench.LedgerMode = .immediate, _ change: (inout BrokerLimits) -> Void) -> Bench {
    var configuration = BrokerConfiguration()
    change(&configuration.limits)
    let rules = Rules()
    rules.decision = { attempt in
        let parts = attempt.clientIdentifier.description.split(separator: "-")
        guard parts.count > 1 else { return .accepted(AcceptedClient(userName: nil)) }
        return .accepted(
            AcceptedClient(userName: nil, owner: String(parts[0]), countsByAddress: parts[0] == "keyless"))
    }
    return Bench(configuration, mode: mode, rules: rules)
}
