/// What writes itself as one value of JSON: a view of something, for one sort of reader.
///
///     json.write(ValveView(valve, at: now, for: .staff))
///     json.member("valves", valves.map { ValveView($0, at: now, for: .anybody) })
public protocol JSONWritable {
    /// Writes the one value.
    func write(to json: inout JSONWriter)
}

extension JSONWriter {
    /// Writes a value that writes itself.
    public mutating func write(_ value: some JSONWritable) { value.write(to: &self) }

    /// Writes a member that writes itself.
    public mutating func member(_ name: String, _ value: some JSONWritable) {
        member(name) { value.write(to: &$0) }
    }

    /// Writes an array of values that write themselves.
    public mutating func array(_ values: some Sequence<some JSONWritable>) {
        array(values) { $1.write(to: &$0) }
    }

    /// Writes a member that is an array of values that write themselves.
    public mutating func member(_ name: String, _ values: some Sequence<some JSONWritable>) {
        member(name, values) { $1.write(to: &$0) }
    }
}
