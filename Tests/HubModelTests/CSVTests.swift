import HubModel
import Testing

/// Tables as CSV, and what a spreadsheet makes of their cells.
@Suite struct CSVTests {
    private func line(_ cells: [CSVWriter.Cell]) -> String {
        var table = CSVWriter(["a"], lineEnd: .lineFeed)
        table.row(cells)
        return String(String(decoding: table.bytes, as: UTF8.self).dropFirst(2).dropLast())
    }

    @Test func cellsAreWrittenAsTheyAreMeant() {
        #expect(
            line([.text("x"), .text(nil), .integer(-1), .number(-2), .number(0.5), .boolean(true), .integer(nil)])
                == "x,,-1,-2,0.5,true,")
        let priced = line([.time(Timestamp(seconds: 0)), .amount(ScaledDecimal(mantissa: 250, scale: 2))])
        #expect(priced == "1970-01-01T00:00:00.000000Z,2.50")
        #expect(line([.value(.text("a,b")), .value(.boolean(false)), .value(.integer(-3))]) == "\"a,b\",false,-3")
        #expect(line([.text("say \"hi\"")]) == "\"say \"\"hi\"\"\"")
    }

    @Test func linesEndAsWanted() {
        #expect(String(decoding: CSVWriter(["a", "b"]).bytes, as: UTF8.self) == "a,b\r\n")
        #expect(String(decoding: CSVWriter(["a", "b"], lineEnd: .lineFeed).bytes, as: UTF8.self) == "a,b\n")
    }

    @Test(arguments: ["=1+1", "+1", "-1+1", "@x", "\tx", "\rx", "\nx", "'=x", "''@x", "-"])
    func formulasAreMadeTexts(_ text: String) {
        #expect(CSVText.guarded(text) == "'" + text)
        #expect(CSVText.plain(CSVText.guarded(text)) == text)
    }

    @Test(arguments: ["", "x", "-1", "-1.5", "'", "'x", "'-1", "a=b", "1-2", "''"])
    func otherTextsStayAsTheyAre(_ text: String) {
        #expect(CSVText.guarded(text) == text)
        #expect(CSVText.plain(text) == text)
    }
}
