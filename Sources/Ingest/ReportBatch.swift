internal import HubModel
internal import TimeSeries

/// The readings of a batch in the form in which they are stored, each with the item that it came from.
struct ReportBatch {
    private(set) var reports: [Report] = []
    private var owners: [Int] = []

    var isEmpty: Bool { reports.isEmpty }

    var count: Int { reports.count }

    mutating func removeAll() {
        reports.removeAll(keepingCapacity: true)
        owners.removeAll(keepingCapacity: true)
    }

    /// Adds the readings of one item.
    /// - Throws: the first reason why one cannot be stored; then none of them is in the batch.
    mutating func append(
        _ readings: ArraySlice<Reading>, of item: Int, to store: TimeSeriesStore, now: Timestamp
    ) throws(Refusal) {
        let before = reports.count
        for reading in readings {
            let report = Report(reading)
            if let reason = store.refusal(report, now: now.microseconds) {
                cut(to: before)
                throw reason.asRefusal
            }
            reports.append(report)
            owners.append(item)
        }
    }

    /// Drops what was added since there were so many.
    mutating func cut(to count: Int) {
        reports.removeLast(reports.count - count)
        owners.removeLast(owners.count - count)
    }

    /// The item of a report.
    func owner(of report: Int) -> Int { owners[report] }
}

extension Report {
    init(_ reading: Reading) {
        var flags: ReportFlags = []
        if reading.observed.source == .receipt { flags.insert(.timeOfReceipt) }
        if reading.isLate { flags.insert(.late) }
        self.init(
            series: SeriesKey(source: reading.device.text, measurement: reading.measurement),
            time: reading.observed.instant.microseconds,
            // It costs two bytes a report, and only of a late one does anybody ask how late it was.
            receivedAt: reading.isLate ? reading.receivedAt.microseconds : nil, flags: flags,
            fields: reading.fields.map { Field($0.name, Value($0.value)) })
    }
}

extension Value {
    init(_ value: ReadingValue) {
        switch value {
        case .integer(let number): self = .integer(number)
        case .decimal(let number): self = .decimal(mantissa: number.mantissa, scale: number.scale)
        case .double(let number): self = .double(number)
        case .boolean(let flag): self = .boolean(flag)
        case .text(let text): self = .text(text)
        }
    }
}

extension ReadingValue {
    init(_ value: Value) {
        switch value {
        case .integer(let number): self = .integer(number)
        case .decimal(let mantissa, let scale):
            self = .decimal(ScaledDecimal(mantissa: mantissa, scale: min(scale, ScaledDecimal.maximumScale)))
        case .double(let number): self = .double(number)
        case .boolean(let flag): self = .boolean(flag)
        case .text(let text): self = .text(text)
        }
    }
}

extension ReportRejection {
    /// The same in the words of the hub.
    var asRefusal: Refusal {
        switch self {
        case .beyondRetention: .init(.tooOld, "the reading is older than the time from which readings are taken")
        case .inTheFuture: .init(.valueOutOfRange, "the reading's time is too far ahead")
        case .badName: .init(.invalidIdentifier, "a field's name is empty, too long or holds U+0000")
        case .fieldCount: .init(.valueOutOfRange, "the reading has no field, or too many")
        case .badValue: .init(.valueOutOfRange, "a value is too long")
        case .tooManySeries: .init(.limitReached, "no more series can be kept")
        case .tooManyFields: .init(.limitReached, "no more fields of this device can be kept")
        }
    }
}
