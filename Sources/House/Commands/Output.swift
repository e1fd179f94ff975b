internal import Foundation
internal import HubModel

/// What commands write to standard output.
enum Output {
    /// Lines of cells in columns as wide as their widest, under a heading.
    static func table(_ heading: [String], _ rows: [[String]]) {
        let lines = [heading] + rows.map { $0.map(printable) }
        let widths = heading.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        for line in lines {
            let cells = zip(line, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            print(cells.joined(separator: "  ").trimmingTrailingBlanks())
        }
    }

    /// A fact on each line.
    static func facts(_ facts: [(name: String, value: String)]) {
        let width = facts.map(\.name.count).max() ?? 0
        for fact in facts {
            print(fact.name + String(repeating: " ", count: width + 2 - fact.name.count) + printable(fact.value))
        }
    }

    /// One line of JSON.
    static func json(_ body: (inout JSONWriter) -> Void) {
        var json = JSONWriter()
        body(&json)
        bytes(json.bytes + [UInt8(ascii: "\n")])
    }

    /// Bytes as they are.
    static func bytes(_ bytes: [UInt8]) {
        FileHandle.standardOutput.write(Data(bytes))
    }

    /// Lines that hold secrets. A file that others may read is no place for them: the shell makes it with the mask of whoever types.
    static func secrets(_ lines: [String]) {
        for line in lines { print(line) }
        let descriptor = "/proc/self/fd/\(FileHandle.standardOutput.fileDescriptor)"
        guard let path = try? FileManager.default.destinationOfSymbolicLink(atPath: descriptor),
            let facts = try? FileManager.default.attributesOfItem(atPath: path),
            facts[.type] as? FileAttributeType == .typeRegular,
            let rights = (facts[.posixPermissions] as? NSNumber)?.intValue, rights & 0o077 != 0
        else { return }
        note(
            "others may read \(path), where this went (mode \(String(rights & 0o777, radix: 8))); run: chmod 600 \(path)"
        )
    }

    /// Says what was done, on standard error: standard output is for what was asked for.
    static func note(_ sentence: String) {
        FileHandle.standardError.write(Data((printable(sentence) + "\n").utf8))
    }

    /// A time for people, to the second; a dash for none.
    static func time(_ instant: Timestamp?) -> String {
        guard let instant else { return "-" }
        return String(instant.description.prefix(19)).replacing("T", with: " ")
    }

    /// What a device or another program said, so that it can neither steer the terminal nor turn the line around.
    static func printable(_ text: String) -> String {
        String(
            text.unicodeScalars.map { scalar in
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator: "?"
                default: Character(scalar)
                }
            })
    }
}

extension String {
    fileprivate func trimmingTrailingBlanks() -> String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
