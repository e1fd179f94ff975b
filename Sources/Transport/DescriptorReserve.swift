internal import Foundation
internal import Synchronization

/// Descriptors that are held for a time when there are no others: the program's runtime ends a process that cannot open a
/// file of its own, and a database cannot open its log.
package final class DescriptorReserve: Sendable {
    private let count: Int
    private let held = Mutex<[CInt]>([])

    /// A reserve that holds nothing yet.
    package init(of count: Int) {
        self.count = count
    }

    deinit { release() }

    /// Gives them all back to the process.
    package func release() {
        held.withLock { held in
            for descriptor in held { close(descriptor) }
            held = []
        }
    }

    /// Takes what is missing; when there is not enough, none of it.
    /// - Returns: whether the reserve is full.
    package func refill() -> Bool {
        held.withLock { held in
            var more: [CInt] = []
            while held.count + more.count < count {
                let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
                guard descriptor >= 0 else {
                    for descriptor in more { close(descriptor) }
                    return false
                }
                more.append(descriptor)
            }
            held += more
            return true
        }
    }
}
