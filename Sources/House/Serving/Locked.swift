internal import Synchronization

/// A value that several tasks read and one sets.
final class Locked<Value: Sendable>: Sendable {
    private let content: Mutex<Value>

    init(_ value: Value) {
        content = Mutex(value)
    }

    func get() -> Value { content.withLock { $0 } }

    func set(_ value: Value) {
        content.withLock { $0 = value }
    }
}
