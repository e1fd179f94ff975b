import TimeSeries

/// Blocks that try a codec: all kinds of values, gaps, extremes, mixtures.
enum Generator {
    static func block(_ dice: inout Dice) -> Block {
        var block = Block()
        let rows = [1, 2, 3, 31, 32, 33, 64, 65, 240, 1024][dice.roll(0...9)]
        let unit = [1, 1000, 100_000, second][dice.roll(0...3)]
        let step = Int64(dice.roll(1...120))
        var time = evening / unit * unit + (dice.roll(0...1) == 0 ? 0 : unit * Int64(dice.roll(0...1_000_000)))
        let hasFlags = dice.roll(0...1) == 0
        let hasDelays = dice.roll(0...2)
        for _ in 0..<rows {
            let delay: Int64? = hasDelays == 0 || dice.roll(0...hasDelays) == 0 ? nil : Int64(dice.roll(0...90_000))
            block.beginRow(time: time, flags: hasFlags ? UInt8(dice.roll(0...255)) : 0, delay: delay)
            switch dice.roll(0...40) {
            case 0: time += unit * Int64(dice.roll(1...10_000_000))
            case 1...10: time += unit * (step + Int64(dice.roll(0...40)))
            default: time += unit * step
            }
        }
        for _ in 0..<dice.roll(1...6) {
            let column = block.column(Int64(dice.roll(1...1000)))
            let kind = dice.roll(0...12)
            let gaps = dice.roll(0...3)
            var walk = Int64(dice.roll(-500...500))
            for row in 0..<rows where gaps != 0 || dice.roll(0...3) != 0 {
                set(&block.columns[column], row, value(kind, row, &walk, &dice))
            }
        }
        return block
    }

    static func set(_ column: inout Column, _ row: Int, _ value: Value) {
        if case .text(let text) = value {
            column.set(row, text: text)
        } else if let cell = Cell(value) {
            column.set(row, cell)
        }
    }

    /// A value of a kind: most columns are of one kind, kind 12 is of all.
    static func value(_ kind: Int, _ row: Int, _ walk: inout Int64, _ dice: inout Dice) -> Value {
        switch kind {
        case 0:
            walk += Int64(dice.roll(-2...2))
            return .decimal(mantissa: walk, scale: 1)
        case 1: return .integer(Int64(row) * 60)
        case 2: return .integer([Int64.min, .max, 0, -1, 1][dice.roll(0...4)])
        case 3: return .integer(Int64(bitPattern: dice.next()))
        case 4: return .decimal(mantissa: Int64(dice.roll(-9999...9999)), scale: UInt8(dice.roll(0...18)))
        case 5: return .decimal(mantissa: Int64(bitPattern: dice.next()), scale: UInt8(dice.roll(0...18)))
        case 6: return .double(Double(bitPattern: dice.next()))
        case 7:
            let special = [
                Double.nan, -.nan, .infinity, -.infinity, 0.0, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude,
            ]
            return .double(
                dice.roll(0...5) == 0 ? Double(bitPattern: 0x7ff8_0000_0000_1234) : special[dice.roll(0...7)])
        case 8: return .double(Double(dice.roll(-5000...5000)) / 100)
        case 9: return .double(20 + Double(dice.roll(0...1000)) * 1.000_123)
        case 10: return .boolean(dice.roll(0...9) < 3)
        case 11:
            return .text(
                ["", "open", "closed", "ä€😀", String(repeating: "x", count: dice.roll(0...40))][dice.roll(0...4)])
        default: return value(dice.roll(0...11), row, &walk, &dice)
        }
    }
}
