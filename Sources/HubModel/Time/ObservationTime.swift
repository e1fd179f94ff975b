/// Who says when a reading was taken.
public enum TimeSource: UInt8, Sendable {
    /// The device's own time stamp.
    case device = 0
    /// The time of receipt, because the message had no usable time.
    case receipt = 1

    /// The word used in the API: `device` or `receipt`.
    public var word: StaticString {
        switch self {
        case .device: "device"
        case .receipt: "receipt"
        }
    }
}

/// When something was observed, and who says so.
public struct ObservationTime: Hashable, Sendable {
    /// The instant that counts.
    public let instant: Timestamp
    /// Where it comes from.
    public let source: TimeSource

    /// Applies the rule that all solutions share (contracts): the device's time if it is believable, else the time of
    /// receipt. Not believable: missing, more than 24 h ahead, or before 2001-01-01: clocks that were never set begin at 1970,
    /// 1980 or 2000. What a report is worth beside the others of its device, `DeviceClock` says.
    public init(claimed: Timestamp?, receivedAt: Timestamp) {
        let earliest = Timestamp(seconds: 978_307_200)
        if let claimed, claimed >= earliest, claimed <= receivedAt.advanced(bySeconds: 86_400) {
            instant = claimed
            source = .device
        } else {
            instant = receivedAt
            source = .receipt
        }
    }

    /// A time that is the device's own.
    init(device instant: Timestamp) {
        self.instant = instant
        source = .device
    }
}

extension Timestamp {
    /// Reads a number as devices send it: epoch seconds (whole or fraction) or epoch milliseconds.
    ///
    /// Numbers of 100,000,000,000 and more are milliseconds (as seconds they would be after the year 5138; as
    /// milliseconds they are after 1973). Out of range: nil.
    public init?(epoch number: ScaledDecimal) {
        let millisecondsFrom: Int64 = 100_000_000_000
        guard let whole = number.integerPart else { return nil }
        let exponent = whole.magnitude >= millisecondsFrom.magnitude ? 3 : 6
        guard let microseconds = number.scaled(toPowerOfTen: exponent) else { return nil }
        self.init(microseconds: microseconds)
    }

    /// Reads a number as `init(epoch:)` of a decimal does; one that is not exact (`1.7e9`) to the nearest microsecond.
    public init?(epoch number: JSONNumber) {
        switch number {
        case .decimal(let value): self.init(epoch: value)
        case .double(let value):
            let factor = value.magnitude >= 100_000_000_000 ? 1_000.0 : 1_000_000.0
            guard let microseconds = Int64(exactly: (value * factor).rounded()) else { return nil }
            self.init(microseconds: microseconds)
        }
    }

    /// Reads a time as a person writes it in a query: any form that devices may send, as text.
    public init?(text: String) {
        if let number = JSONNumber(text) {
            self.init(epoch: number)
        } else {
            self.init(iso8601: text)
        }
    }
}
