import HubModel
import Synchronization

/// An event on its way to several sockets: the first that sends it writes its JSON, the others take that. One that is
/// coalesced away everywhere is never written at all.
final class SharedEvent: Sendable {
    let item: LiveRing.Item
    private let text = Mutex<[UInt8]?>(nil)

    init(_ item: LiveRing.Item) {
        self.item = item
    }

    var json: [UInt8] {
        text.withLock { text in
            if let text { return text }
            let written = LiveMessage.event(item)
            text = written
            return written
        }
    }
}
