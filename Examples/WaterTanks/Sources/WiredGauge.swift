internal import Glibc
internal import HubModel
internal import SolutionKit

/// A gauge that is wired to this machine and says `barn 62.5` on a serial line (or into a named pipe), a tank in each line. What it says goes
/// the way of every report; the tanks are those that people have added and whose sensors have no key. The speed of the line is set with `stty`.
struct WiredGauge: Sendable {
    let path: String
    let line: any Line
    let clock: any WallClock

    /// It fails when there is no such line, or no longer, and is then started again by the house.
    var service: BackgroundService { BackgroundService("tanks.gauge", run: listen) }

    /// What was wrong with the line.
    struct Broken: Error, CustomStringConvertible {
        let description: String
    }

    private func listen() async throws {
        // Without waiting for somebody who writes into a pipe, or for a carrier.
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        guard descriptor >= 0 else { throw broken() }
        defer { close(descriptor) }
        var lines = GaugeLines()
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else {
                guard count == 0 || errno == EAGAIN || errno == EINTR else { throw broken() }
                // A pipe into which nobody writes is at its end, and goes on when somebody does; a line that was pulled out does not.
                if count == 0, isatty(descriptor) == 1 { throw Broken(description: "\(path): the line was pulled out") }
                try await Task.sleep(for: .milliseconds(100))
                continue
            }
            for report in lines.take(buffer[..<count]) { try await tell(report) }
        }
    }

    private func tell(_ report: GaugeLines.Report) async throws {
        let message = DeviceMessage(
            topic: ["tanks", report.tank, "level"], payload: Array(#"{"level":\#(report.percent)}"#.utf8),
            origin: MessageOrigin(clientID: nil, address: nil, sender: .keyless), receivedAt: clock.now())
        do {
            try await line.perform(with: TanksHandler.self) { handler, line in try handler.handle(message, in: &line) }
        } catch let refusal as Refusal where refusal.code.httpStatus < 500 {
            // What is refused of one tank is no reason to stop listening to the others.
        }
    }

    private func broken() -> Broken { Broken(description: "\(path): \(String(cString: strerror(errno)))") }
}

/// The lines of a gauge, out of bytes as they come.
package struct GaugeLines: Sendable {
    /// What a line says.
    package struct Report: Hashable, Sendable {
        package let tank: String
        /// As it was written: a number.
        package let percent: String
    }

    private var rest: [UInt8] = []
    private var isTooLong = false

    private static let longestLine = 100

    /// Nothing was heard yet.
    package init() {}

    /// Takes bytes.
    /// - Returns: what the lines say that are complete now. What is no report, or longer than 100 bytes, is left out.
    package mutating func take(_ bytes: some Sequence<UInt8>) -> [Report] {
        var reports: [Report] = []
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                if !isTooLong, let report = GaugeLines.report(rest) { reports.append(report) }
                (rest, isTooLong) = ([], false)
            } else if rest.count < GaugeLines.longestLine {
                rest.append(byte)
            } else {
                isTooLong = true
            }
        }
        return reports
    }

    private static func report(_ line: [UInt8]) -> Report? {
        let words = String(decoding: line, as: UTF8.self).split { $0 == " " || $0 == "\r" || $0 == "\t" }.map(
            String.init)
        guard words.count == 2, DeviceID(words[0]) != nil, JSONNumber(words[1]) != nil else { return nil }
        return Report(tank: words[0], percent: words[1])
    }
}
