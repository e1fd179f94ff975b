/// What a bucket says of one field.
public struct FieldAggregate: Sendable, Hashable {
    /// Values of any kind, NaN left out.
    public var count = 0
    /// Values that are numbers; a boolean counts as 0 or 1.
    public var numbers = 0
    /// Their sum.
    public var sum = 0.0
    /// The least of the numbers, as it was reported; of booleans 0 or 1.
    public var min: Value?
    /// The greatest of the numbers, as it was reported; of booleans 0 or 1.
    public var max: Value?
    /// The earliest value.
    public var first: Value?
    /// Its time, µs since 1970 UTC.
    public var firstTime: Int64 = 0
    /// The latest value.
    public var last: Value?
    /// Its time, µs since 1970 UTC.
    public var lastTime: Int64 = 0

    /// An aggregate of nothing.
    public init() {}

    /// The mean of the numbers, nil when there are none.
    public var mean: Double? {
        numbers > 0 ? sum / Double(numbers) : nil
    }
}

extension FieldAggregate {
    /// Adds rows of a column. They are later than what was added before.
    mutating func add(_ column: Column, _ rows: Range<Int>, _ times: [Int64]) {
        let rows = rows.clamped(to: 0..<column.count)
        var row = rows.lowerBound
        while row < rows.upperBound {
            // Runs of one tag: exact numbers of one scale are added up as integers and divided once.
            let tag = column.tags[row]
            var end = row + 1
            while end < rows.upperBound, column.tags[end] == tag { end += 1 }
            switch tag {
            case Cell.null: break
            case Cell.exact...Cell.lastExact: addExact(column, row..<end, scale: tag - Cell.exact, times)
            case Cell.double:
                for index in row..<end { addDouble(column, index, times[index]) }
            case Cell.text: addEnds(column.value(row), times[row], column.value(end - 1), times[end - 1], end - row)
            default:
                let flag = Value.boolean(tag == Cell.yes)
                let number = Value.integer(tag == Cell.yes ? 1 : 0)
                addNumbers(sum: tag == Cell.yes ? Double(end - row) : 0, count: end - row, number, number)
                addEnds(flag, times[row], flag, times[end - 1], end - row)
            }
            row = end
        }
    }

    private mutating func addExact(_ column: Column, _ rows: Range<Int>, scale: UInt8, _ times: [Int64]) {
        var sum: Int64 = 0
        var wide: Int128 = 0
        var least = column.words[rows.lowerBound]
        var greatest = least
        for word in column.words[rows] {
            let (next, overflow) = sum.addingReportingOverflow(word)
            if overflow {
                wide += Int128(sum)
                sum = word
            } else {
                sum = next
            }
            least = Swift.min(least, word)
            greatest = Swift.max(greatest, word)
        }
        addExact(
            sum: Double(wide + Int128(sum)), count: rows.count, scale: scale, least, greatest,
            column.words[rows.lowerBound], times[rows.lowerBound], column.words[rows.upperBound - 1],
            times[rows.upperBound - 1])
    }

    private mutating func addExact(
        sum: Double, count: Int, scale: UInt8, _ least: Int64, _ greatest: Int64, _ first: Int64, _ firstTime: Int64,
        _ last: Int64, _ lastTime: Int64
    ) {
        func value(_ mantissa: Int64) -> Value { Value.decimal(mantissa: mantissa, scale: scale).normalized }
        addNumbers(
            sum: sum / Double(Decimals.powers[Int(scale)]), count: count, value(least), value(greatest))
        addEnds(value(first), firstTime, value(last), lastTime, count)
    }

    private mutating func addDouble(_ column: Column, _ row: Int, _ time: Int64) {
        let double = Double(bitPattern: UInt64(bitPattern: column.words[row]))
        guard !double.isNaN else { return }
        addNumbers(sum: double, count: 1, .double(double), .double(double))
        addEnds(.double(double), time, .double(double), time, 1)
    }

    /// Adds a whole chunk's column by its statistics, from `firstTime` to `lastTime`.
    mutating func add(_ statistics: ColumnStatistics, rows: Int, _ firstTime: Int64, _ lastTime: Int64) {
        switch statistics {
        case .exact(let scale, let sum, let least, let greatest, let first, let last):
            addExact(
                sum: Double(sum), count: rows, scale: scale, least, greatest, first, firstTime, last, lastTime)
        case .double(let sum, let least, let greatest, let first, let last):
            addNumbers(sum: sum, count: rows, .double(least), .double(greatest))
            addEnds(.double(first), firstTime, .double(last), lastTime, rows)
        case .boolean(let yes, let first, let last):
            addNumbers(sum: Double(yes), count: rows, .integer(yes == rows ? 1 : 0), .integer(yes > 0 ? 1 : 0))
            addEnds(.boolean(first), firstTime, .boolean(last), lastTime, rows)
        }
    }

    /// Numbers are compared as doubles: two that differ beyond the 16th digit count as equal.
    private mutating func addNumbers(sum: Double, count: Int, _ least: Value, _ greatest: Value) {
        numbers += count
        self.sum += sum
        if let number = least.number, number < min?.number ?? .infinity || min == nil { min = least }
        if let number = greatest.number, number > max?.number ?? -.infinity || max == nil { max = greatest }
    }

    private mutating func addEnds(_ first: Value?, _ firstTime: Int64, _ last: Value?, _ lastTime: Int64, _ count: Int)
    {
        if self.count == 0 {
            self.first = first
            self.firstTime = firstTime
        }
        self.count += count
        self.last = last
        self.lastTime = lastTime
    }
}
