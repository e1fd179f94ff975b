import Compression
import Foundation
import Testing

@Suite struct GzipTests {
    /// What `gzip -dc`, which somebody else wrote, makes of it.
    private func unpacked(_ bytes: [UInt8]) throws -> [UInt8] {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("martlet-\(UUID().uuidString).gz")
        try Data(bytes).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", "-dc", file.path]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return Array(output)
    }

    @Test(arguments: [1_000, 100_000, 3_000_000])
    func textsComeBackAsTheyWere(count: Int) throws {
        let text = (0..<count).map { UInt8(truncatingIfNeeded: ($0 * $0) >> 7 & 63 + 32) }
        let packed = try #require(Gzip.compressed(text))
        #expect(packed.count <= text.count * 9 / 10)
        #expect(try unpacked(packed) == text)
    }

    @Test func whatWasPackedIsUnpacked() throws {
        let text = (0..<300_000).map { UInt8(truncatingIfNeeded: ($0 * $0) >> 7 & 63 + 32) }
        let packed = try #require(Gzip.compressed(text))
        #expect(try Gzip.decompressed(packed, limit: text.count) == text)
        // Two members one after the other are one text (RFC 1952, section 2.2), as `cat a.gz b.gz` makes them.
        #expect(try Gzip.decompressed(packed + packed, limit: 2 * text.count) == text + text)
    }

    @Test func nothingLargerThanTheLimitIsUnpacked() throws {
        let packed = try #require(Gzip.compressed([UInt8](repeating: 0, count: 10_000_000)))
        #expect(packed.count < 20_000)
        #expect(throws: GzipFailure.tooLarge) { try Gzip.decompressed(packed, limit: 9_999_999) }
    }

    @Test func whatIsNoGzipIsRefused() throws {
        let packed = try #require(Gzip.compressed([UInt8](repeating: 65, count: 1_000)))
        var flipped = packed
        flipped[flipped.count / 2] ^= 0x55
        for bytes in [[], [0x1F], Array("text".utf8), Array(packed.dropLast()), packed + [0], flipped] {
            #expect(throws: GzipFailure.malformed) { try Gzip.decompressed(bytes, limit: 1 << 20) }
        }
    }

    @Test func whatGainsNothingStaysAsItIs() {
        var random = SystemRandomNumberGenerator()
        #expect(Gzip.compressed([]) == nil)
        #expect(Gzip.compressed([1]) == nil)
        #expect(Gzip.compressed((0..<10_000).map { _ in UInt8.random(in: 0...255, using: &random) }) == nil)
    }
}
