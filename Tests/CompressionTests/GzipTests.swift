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

    @Test func whatGainsNothingStaysAsItIs() {
        var random = SystemRandomNumberGenerator()
        #expect(Gzip.compressed([]) == nil)
        #expect(Gzip.compressed([1]) == nil)
        #expect(Gzip.compressed((0..<10_000).map { _ in UInt8.random(in: 0...255, using: &random) }) == nil)
    }
}
