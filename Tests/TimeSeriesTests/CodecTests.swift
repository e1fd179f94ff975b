import Foundation
import Testing
import TimeSeries

@Suite struct CodecTests {
    @Test func checksumsAreCastagnoli() {
        // RFC 3720, appendix B.4, and the customary check value.
        #expect(CRC32C.checksum([UInt8]("123456789".utf8), 0..<9) == 0xe306_9283)
        #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32), 0..<32) == 0x8a91_36aa)
        #expect(CRC32C.checksum([UInt8](repeating: 0xff, count: 32), 0..<32) == 0x62a8_ab43)
        #expect(CRC32C.checksum((0..<32).map { UInt8($0) }, 0..<32) == 0x46dd_794e)
        #expect(CRC32C.checksum([], 0..<0) == 0)
    }

    @Test func monthsFollowTheCalendar() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
        for days in stride(from: 0 as Int64, to: 160_000, by: 7) {
            let time = days * day + day - 1
            let month = Month(time)
            let parts = calendar.dateComponents(
                [.year, .month], from: Date(timeIntervalSince1970: Double(days * 86_400)))
            let (year, number) = (try #require(parts.year), try #require(parts.month))
            #expect(month.fileName == "telemetry-\(year)-\(number < 10 ? "0" : "")\(number).db")
            #expect(month.start <= time && time < month.next.start)
            #expect(Month(fileName: month.fileName) == month)
        }
        for name in [
            "telemetry-2026-13.db", "telemetry-2026-1.db", "martlet.db", "telemetry-2026-01.db-wal", "telemetry--01.db",
        ] {
            #expect(Month(fileName: name) == nil)
        }
    }

    @Test(arguments: 0..<300)
    func chunksComeBackToTheBit(seed: Int) throws {
        var dice = Dice(UInt64(seed))
        let block = Generator.block(&dice)
        let bytes = Chunk.encode(block)
        let chunk = try Chunk(bytes)
        let decoded = try chunk.block()
        #expect(chunk.rows == block.count)
        #expect(decoded.times == block.times)
        #expect(decoded.flags == block.flags)
        for row in 0..<block.count {
            #expect(exact(decoded.delays.value(row)) == exact(block.delays.value(row)))
            for (position, id) in block.ids.enumerated() {
                let other = decoded.ids.firstIndex(of: id).map { decoded.columns[$0] }
                #expect(exact(other?.value(row)) == exact(block.columns[position].value(row)))
            }
        }
        // A chunk of a chunk is the same, and unwanted columns are left out.
        #expect(Chunk.encode(decoded) == bytes)
        let wanted = try #require(block.ids.last)
        #expect(try chunk.block(fields: [wanted]).ids.allSatisfy { $0 == wanted })
    }

    @Test(arguments: 0..<40)
    func damagedChunksAreErrorsNotTraps(seed: Int) throws {
        var dice = Dice(UInt64(seed) &+ 7000)
        let bytes = Chunk.encode(Generator.block(&dice))
        for _ in 0..<200 {
            var damaged = bytes
            switch dice.roll(0...2) {
            case 0: damaged.removeLast(dice.roll(1...bytes.count))
            case 1: damaged.insert(UInt8(dice.roll(0...255)), at: dice.roll(0...bytes.count - 1))
            default: damaged[dice.roll(0...bytes.count - 1)] ^= UInt8(1 << dice.roll(0...7))
            }
            #expect(throws: FormatError.self) { _ = try Chunk(damaged) }
            // With a checksum that fits, the header and the payloads are all that stands between it and a trap.
            guard damaged.count >= 4 else { continue }
            let crc = CRC32C.checksum(damaged, 0..<damaged.count - 4)
            for index in 0..<4 {
                damaged[damaged.count - 4 + index] = UInt8(truncatingIfNeeded: crc >> UInt32(8 * index))
            }
            guard let chunk = try? Chunk(damaged), let block = try? chunk.block() else { continue }
            for column in block.columns { for row in 0..<block.count { _ = column.value(row) } }
        }
    }

    @Test func steadySensorsTakeLessThanAByteAValue() throws {
        // 1,000 minutes of four fields as nodes send them, with jittering ms stamps.
        var dice = Dice(1)
        var block = Block()
        var (temperature, humidity) = (215 as Int64, 450 as Int64)
        for minute in 0..<1000 {
            temperature += Int64(dice.roll(-1...1))
            humidity += Int64(dice.roll(-2...2))
            let time = evening + Int64(minute) * 60 * second + Int64(dice.roll(-40...40)) * 1000
            block.beginRow(time: time, flags: 0, delay: nil)
            for (id, cell) in [
                (1, Cell(.decimal(mantissa: temperature, scale: 1))), (2, Cell(.decimal(mantissa: humidity, scale: 1))),
                (3, Cell(.integer(-60 + Int64(dice.roll(-4...4))))), (4, Cell(.integer(Int64(minute) * 60))),
            ] as [(Int64, Cell?)] {
                let position = block.column(id)
                block.columns[position].set(minute, try #require(cell))
            }
        }
        #expect(Double(Chunk.encode(block).count) / 4000 < 0.75)
    }
}
