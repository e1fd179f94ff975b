/// What most things that are written need: whole members, and values that may be missing.
extension JSONWriter {
    /// Writes an object whose members `members` writes.
    public mutating func object(_ members: (inout JSONWriter) throws -> Void) rethrows {
        beginObject()
        try members(&self)
        endObject()
    }

    /// Writes an array whose elements `elements` writes.
    public mutating func array(_ elements: (inout JSONWriter) throws -> Void) rethrows {
        beginArray()
        try elements(&self)
        endArray()
    }

    /// Writes an array of what is in a sequence, each element by `element`.
    public mutating func array<Element>(
        _ elements: some Sequence<Element>, _ element: (inout JSONWriter, Element) -> Void
    ) {
        beginArray()
        for one in elements { element(&self, one) }
        endArray()
    }

    /// Writes an integer, or null.
    public mutating func integer(_ value: Int64?) {
        if let value { integer(value) as Void } else { null() }
    }

    /// Writes a number, without a point if it is whole.
    public mutating func number(_ value: Double) {
        if let whole = Int64(exactly: value) { integer(whole) } else { double(value) }
    }

    /// Writes a number, without a point if it is whole, or null.
    public mutating func optionalNumber(_ value: Double?) {
        if let value { number(value) } else { null() }
    }

    /// Writes a member that is a text, or null.
    public mutating func member(_ name: String, _ text: String?) {
        key(name)
        string(text)
    }

    /// Writes a member that is a whole number.
    public mutating func member(_ name: String, _ number: Int) {
        key(name)
        integer(Int64(number))
    }

    /// Writes a member that is a whole number, or null.
    public mutating func member(_ name: String, _ number: Int64?) {
        key(name)
        integer(number)
    }

    /// Writes a member that is true or false.
    public mutating func member(_ name: String, _ value: Bool) {
        key(name)
        boolean(value)
    }

    /// Writes a member that is an instant, or null.
    public mutating func member(_ name: String, _ instant: Timestamp?) {
        key(name)
        timestamp(instant)
    }

    /// Writes a member that is a list, each element by `element`.
    public mutating func member<Element>(
        _ name: String, _ elements: some Sequence<Element>, _ element: (inout JSONWriter, Element) -> Void
    ) {
        key(name)
        array(elements, element)
    }
}
