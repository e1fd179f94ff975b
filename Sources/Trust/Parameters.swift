internal import HubModel
internal import SolutionKit

extension RouteRequest {
    /// A whole number in a range; nil when it is not given.
    func number(_ name: String, in range: ClosedRange<Int64>) throws(Refusal) -> Int64? {
        guard let text = parameter(name), !text.isEmpty else { return nil }
        guard let number = Int64(text), range.contains(number) else {
            throw Refusal(.invalidParameter, "\(name) is a whole number, \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// A time in any of the accepted forms; nil when it is not given.
    func time(_ name: String) throws(Refusal) -> Timestamp? {
        guard let text = parameter(name), !text.isEmpty else { return nil }
        guard let instant = Timestamp(text: text) else {
            throw Refusal(.invalidParameter, "\(name) is a time: ISO 8601, or seconds or milliseconds since 1970")
        }
        return instant
    }
}
