/// The names under which the hub knows its own publications, and the numbers under which the broker reports on them.
///
/// A publication that nobody ever acknowledges (QoS 0) leaves its number behind; the oldest numbers go when there are
/// too many.
struct DeliveryTokens {
    private var names: [UInt64: String] = [:]
    private var next: UInt64 = 1
    private var oldest: UInt64 = 1
    private let capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
    }

    mutating func number(for name: String) -> UInt64 {
        while names.count >= capacity {
            names[oldest] = nil
            oldest += 1
        }
        defer { next += 1 }
        names[next] = name
        return next
    }

    func name(of number: UInt64) -> String? {
        names[number]
    }

    mutating func forget(_ number: UInt64) {
        names[number] = nil
    }
}
