/// The properties of a packet, in the order they were sent. User properties keep their order, as MQTT asks of a
/// forwarded message ([MQTT-3.3.2-18]).
public struct Properties: Sendable, Hashable, ExpressibleByArrayLiteral, RandomAccessCollection {
    /// The list itself.
    public private(set) var list: [Property]

    /// A list as given; the encoder checks it against the packet it stands in.
    public init(_ list: [Property] = []) { self.list = list }

    /// A list as given.
    public init(arrayLiteral elements: Property...) { list = elements }

    /// No properties. 3.1.1 packets have none.
    public static let none = Properties()

    /// The position of the first property.
    public var startIndex: Int { 0 }
    /// One past the last property.
    public var endIndex: Int { list.count }
    /// The property at a position.
    public subscript(position: Int) -> Property { list[position] }

    /// Adds a property at the end.
    public mutating func append(_ property: Property) { list.append(property) }

    /// Removes every property with this identifier.
    public mutating func remove(_ identifier: PropertyIdentifier) {
        list.removeAll { $0.identifier == identifier }
    }

    /// Replaces every property with the identifier of `property` by this one, added at the end.
    public mutating func set(_ property: Property) {
        remove(property.identifier)
        list.append(property)
    }

    /// The first property that `select` takes a value from.
    func first<Value>(_ select: (Property) -> Value?) -> Value? {
        for property in list {
            if let value = select(property) { return value }
        }
        return nil
    }
}
