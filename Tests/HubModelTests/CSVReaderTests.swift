import HubModel
import Testing

@Suite struct CSVReaderTests {
    private func table(_ text: String, columns: [String] = ["name", "seats"]) throws -> CSVTable {
        try CSVTable(Array(text.utf8), columns: columns)
    }

    private func detail(_ text: String) -> String? {
        do {
            for row in try table(text).rows { _ = try row.required("name") }
            return nil
        } catch { return (error as? Refusal)?.detail }
    }

    @Test(
        "Cells are separated by what the first line has",
        arguments: [
            "name,seats\nA,2", "name;seats\r\nA;2\r\n", "name\tseats\rA\t2", "sep=;\nname;seats\nA;2",
            "\u{FEFF}name,seats\nA,2", "seats,name\n2,A", "name,seats\n\n\"A\",\"2\"\n\n",
        ])
    func separators(_ text: String) throws {
        let table = try table(text)
        #expect(table.rows.map(\.cells) == [["name": "A", "seats": "2"]])
        #expect(table.rows[0]["seats"] == "2" && table.rows[0]["building"] == nil)
    }

    @Test("Quotes hold separators, line ends and quotes, and the next line's number counts them")
    func quotes() throws {
        let table = try table("name,seats\n\"a,\"\"b\"\"\n\",1\nc,2")
        #expect(table.rows.map { $0["name"] } == ["a,\"b\"\n", "c"])
        #expect(table.rows.map(\.line) == [2, 4])
    }

    @Test("A decimal comma is one where commas do not separate cells")
    func decimalCommas() throws {
        let semicolons = try table("name;seats\nA;2,5")
        #expect(semicolons.decimalPoint("2,5") == "2.5")
        #expect(try table("name,seats\nA,2").decimalPoint("2,5") == "2,5")
    }

    @Test(
        "Mistakes name their line",
        arguments: [
            ("name,seats\nA,1\n,2", "Line 3: name is missing."),
            ("name,seats\nA,1,2", "Line 2: give each of the 2 columns a cell."),
            ("name,colour\nA,1", "Line 1: column 2 is unknown; the columns are name, seats."),
            ("name,name\nA,1", "Line 1: name each column once."),
            ("name,seats\n\"A,1\nB,2", "Line 2: close the quote that begins here."),
            ("name,seats\n\"A\"x,1", "Line 2: end the cell at its closing quote, or double a quote within it."),
            ("", "The first line must name the columns."),
        ])
    func mistakes(_ text: String, _ expected: String) {
        #expect(detail(text) == expected)
    }

    @Test("What is not UTF-8 is refused with its line")
    func encoding() {
        #expect(throws: Refusal.self) {
            try CSVTable(Array("name,seats\nA,".utf8) + [0xFF], columns: ["name", "seats"])
        }
    }

    @Test(
        "What the writer wrote is read as it was meant",
        arguments: ["a", "a,b", "say \"hi\"", "x\ny", "=1+1", "'", " "])
    func roundTrip(_ text: String) throws {
        var writer = CSVWriter(["name", "seats"])
        writer.row([.text(text), .integer(3)])
        let row = try #require(try CSVTable(writer.bytes, columns: ["name", "seats"]).rows.first)
        #expect(row["name"].map(CSVText.plain) == text && row["seats"] == "3")
    }
}
