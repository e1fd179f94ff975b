internal import HubModel
internal import SolutionKit

/// The refused items of the present batch, as far as they are kept for the operators of their devices.
struct RefusedItems {
    private var allowance = RefusalAllowance()
    private(set) var kept: [RefusedMessage] = []

    var isEmpty: Bool { kept.isEmpty }

    mutating func removeAll() {
        if !kept.isEmpty { kept.removeAll() }
    }

    mutating func note(_ item: LineItem, of device: DeviceID, _ refusal: Refusal, at now: Timestamp) {
        guard let leftOut = allowance.take(device, at: now) else { return }
        switch item {
        case .message(let message, _):
            kept.append(
                RefusedMessage(
                    device: device, at: message.receivedAt, refusal: refusal, topic: message.topic,
                    payload: message.payload, leftOut: leftOut))
        case .traffic(let topic, _, _):
            kept.append(RefusedMessage(device: device, at: now, refusal: refusal, topic: topic ?? [], leftOut: leftOut))
        case .presence, .delivery, .work, .handler: break
        }
    }
}
