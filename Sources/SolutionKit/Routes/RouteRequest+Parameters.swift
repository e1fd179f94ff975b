public import HubModel

/// The query's parameters as values: each way of reading one exists once, so that the same text means the same everywhere.
extension RouteRequest {
    /// A parameter that has a value: `?status=` is as good as none.
    public func given(_ name: String) -> String? {
        parameter(name).flatMap { $0.isEmpty ? nil : $0 }
    }

    /// An instant in any of the accepted forms; nil when it is not given.
    /// - Throws: `invalid_parameter`.
    public func instant(_ name: String) throws(Refusal) -> Timestamp? {
        guard let text = given(name) else { return nil }
        if let instant = Timestamp(text: text) { return instant }
        // A plus that was not encoded arrives as a blank: `2024-01-01T12:00:00 01:00`.
        if let blank = text.lastIndex(of: " "),
            let instant = Timestamp(iso8601: "\(text[..<blank])+\(text[text.index(after: blank)...])")
        {
            return instant
        }
        throw Refusal(.invalidParameter, "\(name) is a time: epoch seconds or milliseconds, or ISO-8601.")
    }

    /// A whole number in a range; nil when it is not given.
    /// - Throws: `invalid_parameter`.
    public func whole<Number: FixedWidthInteger>(
        _ name: String, in range: ClosedRange<Number>
    ) throws(Refusal) -> Number? {
        guard let text = given(name) else { return nil }
        guard let number = Number(text), range.contains(number) else {
            throw Refusal(.invalidParameter, "\(name) is a whole number, \(range.lowerBound) to \(range.upperBound).")
        }
        return number
    }

    /// One of the words of a set; nil when it is not given.
    /// - Throws: `invalid_parameter`, with the words.
    public func word<Word: RawRepresentable & CaseIterable>(
        _ name: String, of type: Word.Type
    ) throws(Refusal) -> Word? where Word.RawValue == String {
        guard let text = given(name) else { return nil }
        guard let word = Word(rawValue: text) else {
            let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
            throw Refusal(.invalidParameter, "\(name) is one of \(words).")
        }
        return word
    }
}
