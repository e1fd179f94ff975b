internal import MQTTCodec

/// Numbers that stand for topics towards one client, for as many as it offers and we care to remember (3.3.2.3.4).
/// The first topics get them and keep them: a device mostly hears the same few.
struct OutboundAliases {
    /// What a PUBLISH says about its topic.
    enum Form: Equatable {
        /// The topic alone.
        case topic
        /// The topic, and the number it has from now on.
        case definition(UInt16)
        /// The number alone.
        case number(UInt16)
    }

    private let maximum: UInt16
    private var numbers: [TopicName: UInt16] = [:]

    /// No aliases: 3.1.1, and clients that offer none.
    static let none = OutboundAliases(offered: 0, most: 0)

    init(offered: UInt16, most: UInt16) { maximum = min(offered, most) }

    var isUsed: Bool { maximum > 0 }

    func form(for topic: TopicName) -> Form {
        guard maximum > 0 else { return .topic }
        if let number = numbers[topic] { return .number(number) }
        return numbers.count < Int(maximum) ? .definition(UInt16(numbers.count) + 1) : .topic
    }

    /// The PUBLISH with that form is on its way.
    mutating func sent(_ form: Form, for topic: TopicName) {
        if case .definition(let number) = form { numbers[topic] = number }
    }
}
