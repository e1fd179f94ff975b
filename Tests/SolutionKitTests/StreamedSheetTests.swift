import HubModel
import SolutionKit
import Synchronization
import Testing

@Suite struct StreamedSheetTests {
    private struct Broken: Error {}

    /// Where each page that was read begins.
    private final class Reads: Sendable {
        private let noted = Mutex<[Int]>([])
        var starts: [Int] { noted.withLock { $0 } }
        func note(_ start: Int) { noted.withLock { $0.append(start) } }
    }

    /// Rows 0, 1, 2 and so on, in pages.
    private static func pages(
        _ count: Int, of size: Int, read: Reads
    ) async throws -> RouteResponse {
        try await .csv(["number", "text"], named: "rows") { (after: Int?) in
            let start = after.map { $0 + 1 } ?? 0
            read.note(start)
            let end = min(count, start + size)
            let rows = (start..<end).map { number -> [CSVWriter.Cell] in
                [.integer(Int64(number)), .text(String(repeating: "x", count: 90))]
            }
            return (rows, end < count ? end - 1 : nil)
        }
    }

    /// Everything that an answer writes, and how large its pieces are.
    private static func written(_ response: RouteResponse) async throws -> (text: String, pieces: [Int]) {
        guard case .stream(let make) = response.content else {
            return (String(decoding: response.body, as: UTF8.self), [response.body.count])
        }
        let pieces = Mutex<[[UInt8]]>([])
        try await make(BodyWriter { piece in pieces.withLock { $0.append(piece) } })
        return pieces.withLock { (String(decoding: $0.joined(), as: UTF8.self), $0.map(\.count)) }
    }

    @Test("A table of many pages comes whole, in order, with one heading, in pieces of one size")
    func whole() async throws {
        let read = Reads()
        let response = try await Self.pages(2_500, of: 1_000, read: read)
        #expect(read.starts == [0], "only the first page is read before the answer begins")
        #expect(response.headers.contains { $0.value == "attachment; filename=\"rows.csv\"" })
        let (text, pieces) = try await Self.written(response)
        let lines = text.split(separator: "\r\n")
        #expect(lines.count == 2_501 && lines[0] == "number,text" && lines.last?.hasPrefix("2499,x") == true)
        #expect(lines.dropFirst().enumerated().allSatisfy { $1.hasPrefix("\($0),") })
        #expect(pieces.count > 5 && pieces.allSatisfy { $0 < 40_000 })
        #expect(read.starts == [0, 1_000, 2_000])
    }

    @Test("A table of one page is in memory, and its length is known", arguments: [0, 3, 1_000])
    func onePage(count: Int) async throws {
        let response = try await Self.pages(count, of: 1_000, read: Reads())
        guard case .bytes = response.content else { return #expect(Bool(false), "it streams") }
        #expect(String(decoding: response.body, as: UTF8.self).split(separator: "\r\n").count == count + 1)
    }

    @Test("What fails with the first page is refused, and a later page that fails ends the answer with its error")
    func failures() async throws {
        await #expect(throws: Refusal.self) {
            _ = try await RouteResponse.csv(["a"]) { (_: Int?) in throw Refusal(.notFound, "no such lot") }
        }
        let response = try await RouteResponse.csv(["a"]) { (after: Int?) in
            if after != nil { throw Broken() }
            return ([[.integer(1)]], 1)
        }
        await #expect(throws: Broken.self) { _ = try await Self.written(response) }
    }

    @Test("A page is read only when the client has taken the one before")
    func noFaster() async throws {
        let read = Reads()
        let response = try await Self.pages(100_000, of: 1_000, read: read)
        guard case .stream(let make) = response.content else { return #expect(Bool(false), "it does not stream") }
        // The client goes after its second piece.
        let pieces = Mutex(0)
        await #expect(throws: CancellationError.self) {
            try await make(
                BodyWriter { _ in
                    let count = pieces.withLock { count in
                        count += 1
                        return count
                    }
                    if count == 2 { throw CancellationError() }
                })
        }
        #expect(read.starts.count == 1)
    }
}
