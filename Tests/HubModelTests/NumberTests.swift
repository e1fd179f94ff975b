import HubModel
import Testing

@Suite struct NumberTests {
    @Test func decimalsAreKeptDigitByDigit() throws {
        for (text, mantissa, scale) in [
            ("22.5", 225, 1), ("-0.50", -50, 2), ("0", 0, 0), ("0.000000000000000001", 1, 18),
            ("9223372036854775807", .max, 0),
            ("9.223372036854775807", .max, 18), ("-9223372036854775807", -.max, 0), ("100", 100, 0), ("0.0", 0, 1),
        ] as [(String, Int64, UInt8)] {
            let value = try #require(ScaledDecimal(text))
            #expect(value == ScaledDecimal(mantissa: mantissa, scale: scale))
            #expect(JSONTree.decimal(value).bytes == Array(text.utf8))
        }
    }

    @Test(arguments: [
        "", "-", "+1", "1.", ".1", "01", "1e3", "-0", "-0.0", "9223372036854775808", "0.0000000000000000001", "1 ",
        " 1", "abc", "1,5",
    ])
    func whatIsNoExactDecimal(_ text: String) {
        #expect(ScaledDecimal(text) == nil)
    }

    @Test func otherNumbersAreTheNearestDouble() throws {
        for (text, value) in [
            ("1e3", 1_000.0), ("1E-3", 0.001), ("-0.0", -0.0), ("9223372036854775808", 9_223_372_036_854_775_808),
            ("1e-400", 0),
            ("123456789012345678901234567890", 1.2345678901234568e29),
            ("1.7976931348623157e308", .greatestFiniteMagnitude),
        ] {
            guard case .double(let read) = try #require(JSONNumber(text)) else {
                Issue.record("\(text) is no double")
                continue
            }
            #expect(read == value)
            #expect(read.sign == value.sign)
        }
        #expect(JSONNumber("1e309") == nil)
    }

    @Test func doublesReadBackAsTheSame() throws {
        var dice = Dice(5)
        for _ in 0..<20_000 {
            let value = Double(bitPattern: dice.next())
            let bytes = JSONTree.double(value).bytes
            guard value.isFinite else {
                #expect(bytes == Array("null".utf8))
                continue
            }
            let read = try #require(JSONNumber(String(decoding: bytes, as: UTF8.self)))
            #expect(read.doubleValue == value)
        }
    }

    @Test func decimalsReadBackAsTheSame() throws {
        var dice = Dice(6)
        for _ in 0..<20_000 {
            let mantissa = Int64(truncatingIfNeeded: dice.next()) >> Int64(dice.below(64))
            let value = ScaledDecimal(mantissa: mantissa, scale: UInt8(dice.below(19)))
            let text = String(decoding: JSONTree.decimal(value).bytes, as: UTF8.self)
            if mantissa == .min {
                // One more than 64 bits hold on the other side: read as a double.
                #expect(JSONNumber(text) != nil)
            } else {
                #expect(ScaledDecimal(text) == value)
            }
            #expect(Double(text).map { abs($0 - value.doubleValue) <= abs($0) * 1e-15 } == true)
        }
    }

    @Test func scaling() {
        let value = ScaledDecimal(mantissa: -12_345, scale: 3)
        #expect(value.integerPart == -12)
        #expect(value.scaled(toPowerOfTen: 0) == -12)
        #expect(value.scaled(toPowerOfTen: 3) == -12_345)
        #expect(value.scaled(toPowerOfTen: 6) == -12_345_000)
        #expect(value.scaled(toPowerOfTen: 100) == nil)
        #expect(value.scaled(toPowerOfTen: -100) == 0)
        #expect(ScaledDecimal(mantissa: 0, scale: 0).scaled(toPowerOfTen: 100) == 0)
        #expect(ScaledDecimal(mantissa: .max, scale: 0).scaled(toPowerOfTen: 1) == nil)
        #expect(ScaledDecimal(mantissa: .min, scale: 18).scaled(toPowerOfTen: 18) == .min)
    }

    @Test func integers() {
        #expect(JSONNumber("42")?.integerValue == 42)
        #expect(JSONNumber("42.0")?.integerValue == nil)
        #expect(JSONNumber("4.2e1")?.integerValue == nil)
        #expect(JSONTree.integer(.min).bytes == Array("-9223372036854775808".utf8))
    }
}
