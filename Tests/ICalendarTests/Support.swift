import Foundation
import HubModel
import ICalendar
import SolutionKit

struct NoSuchCase: Error { let name: String }

/// The files in cases; cases/README.md describes them.
enum CaseFiles {
    static func bytes(_ path: String) throws -> [UInt8] {
        guard let url = Bundle.module.url(forResource: path, withExtension: nil, subdirectory: "cases") else {
            throw NoSuchCase(name: path)
        }
        return [UInt8](try Data(contentsOf: url))
    }

    static func lines(_ path: String) throws -> [Substring] {
        String(decoding: try bytes(path), as: UTF8.self).split(separator: "\n").filter { !$0.hasPrefix("#") }
    }
}

/// `20261130T090000`, as in the case files.
func wall(_ text: some StringProtocol) throws -> WallTime {
    let digits = Array(text)
    let date = "\(String(digits[0..<4]))-\(String(digits[4..<6]))-\(String(digits[6..<8]))"
    let time = "\(String(digits[9..<11])):\(String(digits[11..<13])):\(String(digits[13..<15]))"
    guard let wall = WallTime(iso8601: "\(date)T\(time)") else { throw NoSuchCase(name: String(text)) }
    return wall
}

/// `20261130T090000Z` as an instant.
func instant(_ text: some StringProtocol) throws -> Timestamp {
    Timestamp(seconds: try wall(text.dropLast()).secondsSince1970)
}

func compact(_ wall: WallTime) -> String {
    wall.description.filter { $0 != "-" && $0 != ":" }
}

func compact(_ instant: Timestamp) -> String { compact(UTCClock().wallTime(at: instant)) + "Z" }

/// Small numbers by chance, the same in each run (SplitMix64).
struct Chance: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func flip(_ probability: Double) -> Bool { Double.random(in: 0..<1, using: &self) < probability }

    /// Between 1 and `most` different numbers of a range, without 0.
    mutating func some(_ range: ClosedRange<Int>, most: Int) -> [Int] {
        let count = Int.random(in: 1...most, using: &self)
        return Array(range.filter { $0 != 0 || range.lowerBound == 0 }.shuffled(using: &self).prefix(count))
    }
}

/// Reads a whole stream at once.
func read(
    _ bytes: some Sequence<UInt8>, limits: CalendarLimits = CalendarLimits(), chunk: Int = .max,
    keepsExtensions: Bool = false
) throws(CalendarFailure) -> [CalendarDocument] {
    var reader = CalendarReader(clocks: LocalClocks(), limits: limits, keepsExtensions: keepsExtensions)
    var rest = Array(bytes)[...]
    while !rest.isEmpty {
        try reader.take(rest.prefix(chunk))
        rest = rest.dropFirst(chunk)
    }
    return try reader.finish()
}

/// A calendar with one event of these lines.
func calendar(_ lines: String..., before: [String] = []) -> [UInt8] {
    let all =
        ["BEGIN:VCALENDAR", "VERSION:2.0"] + before + ["BEGIN:VEVENT", "UID:1"] + lines + [
            "END:VEVENT", "END:VCALENDAR",
        ]
    return Array(all.map { $0 + "\r\n" }.joined().utf8)
}
