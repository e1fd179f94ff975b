/// Rows of one series in columns: the form of heads, of decoded chunks, and of everything in between.
package struct Block: Sendable {
    package var times: [Int64] = []
    package var flags: [UInt8] = []
    /// Time of receipt minus time, µs, as exact numbers of scale 6.
    package var delays = Column()
    /// The field ids of the columns.
    package var ids: [Int64] = []
    package var columns: [Column] = []
    /// Times ascend and none is there twice.
    package var isSorted = true

    package init() {}

    package var count: Int { times.count }
    var isEmpty: Bool { times.isEmpty }

    /// Begins a row, whose values are then set with `count - 1`.
    @inline(__always)
    package mutating func beginRow(time: Int64, flags mark: UInt8, delay: Int64?) {
        if let last = times.last, time <= last { isSorted = false }
        times.append(time)
        flags.append(mark)
        if let delay { delays.set(times.count - 1, Cell(tag: Cell.exact + 6, word: delay)) }
    }

    /// The position of a field's column, which is added when it is not there.
    package mutating func column(_ id: Int64) -> Int {
        if let position = ids.firstIndex(of: id) { return position }
        ids.append(id)
        columns.append(Column())
        return ids.count - 1
    }

    /// Appends the rows of another block, which count as written later.
    package mutating func append(_ other: Block) {
        guard !other.isEmpty else { return }
        if isEmpty {
            self = other
            return
        }
        if let last = times.last, let first = other.times.first, first <= last { isSorted = false }
        if !other.isSorted { isSorted = false }
        let start = times.count
        times += other.times
        flags += other.flags
        for row in 0..<other.delays.count { delays.copy(start + row, from: other.delays, row) }
        for (id, column) in zip(other.ids, other.columns) {
            let position = self.column(id)
            for row in 0..<column.count { columns[position].copy(start + row, from: column, row) }
        }
    }

    /// Each time once, ascending. Of rows with one time the fields are united; the row written last wins per field,
    /// and gives flags and delay.
    package func sorted() -> Block {
        guard !isSorted else { return self }
        let order = (0..<count).sorted { (times[$0], $0) < (times[$1], $1) }
        var result = Block()
        result.ids = ids
        result.columns = columns.map { _ in Column() }
        result.times.reserveCapacity(count)
        result.flags.reserveCapacity(count)
        for row in order {
            let time = times[row]
            if result.times.last != time {
                result.times.append(time)
                result.flags.append(flags[row])
            } else {
                result.flags[result.count - 1] = flags[row]
            }
            let target = result.count - 1
            result.delays.copy(target, from: delays, row)
            for position in columns.indices { result.columns[position].copy(target, from: columns[position], row) }
        }
        return result
    }

    /// The first row at or after a time, in a sorted block.
    func lowerBound(_ time: Int64) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if times[middle] < time { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Some rows, and of the columns those wanted (nil: all).
    func slice(_ range: Range<Int>, fields: [Int64]? = nil) -> Block {
        var result = Block()
        result.times = Array(times[range])
        result.flags = Array(flags[range])
        result.delays = delays.slice(range)
        result.isSorted = isSorted
        for (id, column) in zip(ids, columns) where fields?.contains(id) ?? true {
            result.ids.append(id)
            result.columns.append(column.slice(range))
        }
        return result
    }
}
