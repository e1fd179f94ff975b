internal import HubModel

/// Writes content lines (RFC 5545, section 3.1): folded at 75 octets, never within a character, each ended by CRLF. No value can end its line or
/// begin another: line breaks in texts are escaped, and other control characters are left out.
struct ContentWriter {
    private(set) var bytes: [UInt8] = []

    /// Octets of a line without its end.
    private static let longestLine = 75

    /// A line whose value may have any character.
    mutating func text(_ name: String, _ value: String, _ parameters: [CalendarProperty.Parameter] = []) {
        line(name, parameters, ContentWriter.escaped(value))
    }

    /// A line whose value is written as it is, without control characters.
    mutating func line(_ name: String, _ parameters: [CalendarProperty.Parameter] = [], _ value: String) {
        var line = name
        for parameter in parameters {
            line += ";\(parameter.name)=" + parameter.values.map(ContentWriter.parameter).joined(separator: ",")
        }
        line += ":" + ContentWriter.withoutControls(value)
        fold(line)
    }

    /// A line whose value is a URI (section 3.3.13): what RFC 3986 does not allow in one is written as percent and digits.
    mutating func uri(_ name: String, _ parameters: [CalendarProperty.Parameter] = [], _ value: String) {
        var uri = ""
        for byte in ContentWriter.withoutControls(value).utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: uri.unicodeScalars.append(Unicode.Scalar(byte))
            case _ where "-._~:/?#[]@!$&'()*+,;=%".utf8.contains(byte): uri.unicodeScalars.append(Unicode.Scalar(byte))
            default: uri += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
        line(name, parameters, uri)
    }

    /// A line with a date or time in the form that it has.
    mutating func time(_ name: String, _ time: CalendarTime) {
        line(name, ContentWriter.parameters(of: time), ContentWriter.value(of: time))
    }

    static func parameters(of time: CalendarTime) -> [CalendarProperty.Parameter] {
        switch time {
        case .date: [.init(name: "VALUE", values: ["DATE"])]
        case .zoned(_, let zone): [.init(name: "TZID", values: [zone])]
        case .floating, .instant: []
        }
    }

    static func value(of time: CalendarTime) -> String {
        switch time {
        case .date(let date): ICalendarText.text(date)
        case .floating(let wall), .zoned(let wall, _): ICalendarText.text(wall)
        case .instant(let instant): ICalendarText.text(instant)
        }
    }

    /// A value of type TEXT (section 3.3.11).
    static func escaped(_ text: String) -> String {
        var escaped = ""
        var isAfterReturn = false
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\", ";", ",":
                escaped += "\\"
                escaped.unicodeScalars.append(scalar)
            case "\r": escaped += "\\n"
            case "\n": escaped += isAfterReturn ? "" : "\\n"
            default: escaped.unicodeScalars.append(scalar)
            }
            isAfterReturn = scalar == "\r"
        }
        return escaped
    }

    /// The value of a parameter, with the escapes of RFC 6868, in quotes where it needs them.
    private static func parameter(_ value: String) -> String {
        var escaped = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "^": escaped += "^^"
            case "\"": escaped += "^'"
            case "\n": escaped += "^n"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        escaped = withoutControls(escaped)
        return escaped.utf8.contains { ";:,".utf8.contains($0) } ? "\"\(escaped)\"" : escaped
    }

    private static func withoutControls(_ text: String) -> String {
        String(decoding: text.utf8.filter { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }, as: UTF8.self)
    }

    private mutating func fold(_ line: String) {
        var room = ContentWriter.longestLine
        for scalar in line.unicodeScalars {
            let encoded = UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
            if encoded.count > room {
                bytes += [0x0D, 0x0A, 0x20]
                room = ContentWriter.longestLine - 1
            }
            bytes += encoded
            room -= encoded.count
        }
        bytes += [0x0D, 0x0A]
    }
}
