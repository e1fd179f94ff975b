/// Objects, arrays and members: what is begun is always ended, and a key always has its value.
extension JSONWriter {
    /// Writes an object whose members `members` writes.
    @inlinable
    public mutating func object<Failure: Error>(
        _ members: (inout JSONWriter) throws(Failure) -> Void
    ) throws(Failure) {
        beginObject()
        try members(&self)
        endObject()
    }

    /// Writes an array whose elements `elements` writes.
    @inlinable
    public mutating func array<Failure: Error>(
        _ elements: (inout JSONWriter) throws(Failure) -> Void
    ) throws(Failure) {
        beginArray()
        try elements(&self)
        endArray()
    }

    /// Writes an array of what is in a sequence, each element by `element`.
    @inlinable
    public mutating func array<Element>(
        _ elements: some Sequence<Element>, _ element: (inout JSONWriter, Element) -> Void
    ) {
        beginArray()
        for one in elements { element(&self, one) }
        endArray()
    }

    /// Writes a member whose one value `value` writes.
    @inlinable
    public mutating func member<Failure: Error>(
        _ name: String, _ value: (inout JSONWriter) throws(Failure) -> Void
    ) throws(Failure) {
        key(name)
        try value(&self)
    }

    /// Writes a member that is an object whose members `members` writes.
    @inlinable
    public mutating func object<Failure: Error>(
        _ name: String, _ members: (inout JSONWriter) throws(Failure) -> Void
    ) throws(Failure) {
        key(name)
        try object(members)
    }

    /// Writes a member that is an array whose elements `elements` writes.
    @inlinable
    public mutating func array<Failure: Error>(
        _ name: String, _ elements: (inout JSONWriter) throws(Failure) -> Void
    ) throws(Failure) {
        key(name)
        try array(elements)
    }

    /// Writes a member that is a list, each element by `element`.
    @inlinable
    public mutating func member<Element>(
        _ name: String, _ elements: some Sequence<Element>, _ element: (inout JSONWriter, Element) -> Void
    ) {
        key(name)
        array(elements, element)
    }
}

/// Members of one value each.
extension JSONWriter {
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

    /// Writes a member that is true or false, or null.
    public mutating func member(_ name: String, _ value: Bool?) {
        key(name)
        if let value { boolean(value) } else { null() }
    }

    /// Writes a member that is an instant, or null.
    public mutating func member(_ name: String, _ instant: Timestamp?) {
        key(name)
        timestamp(instant)
    }

    /// Writes a member that is a number, without a point if it is whole, or null.
    public mutating func member(_ name: String, number: Double?) {
        key(name)
        optionalNumber(number)
    }

    /// Writes a member that is a number in the shortest form that reads back as the same, or null.
    public mutating func member(_ name: String, double: Double?) {
        key(name)
        if let double { self.double(double) } else { null() }
    }

    /// Writes a member that is a decimal as it was given, or null.
    public mutating func member(_ name: String, decimal: ScaledDecimal?) {
        key(name)
        if let decimal { self.decimal(decimal) } else { null() }
    }

    /// Writes a member that is a reading's value.
    public mutating func member(_ name: String, value: ReadingValue) {
        key(name)
        self.value(value)
    }

    /// Writes a member whose value is JSON already; the caller vouches for it.
    public mutating func member(_ name: String, raw json: some Sequence<UInt8>) {
        key(name)
        raw(json)
    }

    /// Writes a member that is null.
    public mutating func memberNull(_ name: String) {
        key(name)
        null()
    }
}

/// Values that may be missing.
extension JSONWriter {
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
}

/// A document that is sent while it is written: an object with one long list in it.
extension JSONWriter {
    /// Begins an object with members before its list, and the list.
    /// - Parameters:
    ///   - list: the name of the list.
    ///   - members: writes the members before it.
    public mutating func openList(_ list: String, after members: (inout JSONWriter) -> Void = { _ in }) {
        beginObject()
        members(&self)
        key(list)
        beginArray()
    }

    /// Ends the list and the object that `openList` began.
    /// - Parameter members: writes the members behind the list.
    public mutating func closeList(_ members: (inout JSONWriter) -> Void = { _ in }) {
        endArray()
        members(&self)
        endObject()
    }
}
