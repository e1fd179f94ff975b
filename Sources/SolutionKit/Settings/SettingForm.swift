/// What a setting may be.
public enum SettingForm: Sendable, Hashable {
    /// A whole number.
    case number(ClosedRange<Int>)
    /// A text; empty for none.
    case text(maximumBytes: Int)
    /// One of these words.
    case choice([String])
    /// A span of time, in whole seconds: `90s`, `15m`, `2h`, `1d`.
    case duration(ClosedRange<Duration>)
    /// `yes` or `no`.
    case flag
    /// `HOST:PORT`; empty for none.
    case address
    /// An address of the web, `http` or `https`; empty for none.
    case url
    /// A name of the IANA time zone database.
    case zone

    /// What it may be, in words: what follows «must be».
    public var wanted: String {
        switch self {
        case .number(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .text(let maximumBytes): "a text of at most \(maximumBytes) bytes, without control characters"
        case .choice(let words):
            words.count == 1
                ? words[0] : words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
        case .duration(let range):
            "a time from \(DurationText.write(range.lowerBound)) to \(DurationText.write(range.upperBound)), such as 90s, 15m, 2h or 1d"
        case .flag: "yes or no"
        case .address: "HOST:PORT, such as 127.0.0.1:8080"
        case .zone: "the name of a time zone, such as Europe/Berlin"
        case .url: "an address that begins with http:// or https://, without a name and password"
        }
    }

    /// What a text means; nil: it may not be.
    func read(_ text: String) -> SettingContent? {
        switch self {
        case .number(let range): Int(text).flatMap { range.contains($0) ? .number($0) : nil }
        case .text(let maximumBytes):
            text.utf8.count <= maximumBytes && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
                ? .text(text) : nil
        case .choice(let words): words.contains(text) ? .text(text) : nil
        case .duration(let range): DurationText.read(text).flatMap { range.contains($0) ? .duration($0) : nil }
        case .flag:
            switch text.lowercased() {
            case "yes", "true", "1", "on": .flag(true)
            case "no", "false", "0", "off", "": .flag(false)
            default: nil
            }
        case .address: text.isEmpty ? SettingContent.none : HostAddress(text).map { .address($0) }
        case .zone: LocalClock(text).map { _ in .text(text) }
        case .url: text.isEmpty ? SettingContent.none : SettingForm.isWebAddress(text) ? .text(text) : nil
        }
    }

    /// A scheme, an authority without user information, and no character that an address may not have (RFC 3986).
    private static func isWebAddress(_ text: String) -> Bool {
        guard text.utf8.count <= 2_048, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return false }
        for scheme in ["http://", "https://"] where text.lowercased().hasPrefix(scheme) {
            let authority = text.dropFirst(scheme.count).prefix { !"/?#".contains($0) }
            return !authority.isEmpty && !authority.contains("@") && !authority.hasPrefix(":")
        }
        return false
    }
}

/// What a setting is.
enum SettingContent: Sendable, Hashable {
    case none
    case number(Int)
    case text(String)
    case duration(Duration)
    case flag(Bool)
    case address(HostAddress)

    /// As somebody would set it.
    var text: String {
        switch self {
        case .none: ""
        case .number(let number): "\(number)"
        case .text(let text): text
        case .duration(let duration): DurationText.write(duration)
        case .flag(let flag): flag ? "yes" : "no"
        case .address(let address): address.description
        }
    }
}

/// Spans of time as people set them.
enum DurationText {
    private static let units: [(letter: Character, seconds: Int64)] = [
        ("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1),
    ]

    /// In the largest unit of which it is a whole number.
    static func write(_ duration: Duration) -> String {
        let seconds = duration.components.seconds
        guard seconds != 0, let unit = units.first(where: { seconds % $0.seconds == 0 }) else { return "0s" }
        return "\(seconds / unit.seconds)\(unit.letter)"
    }

    /// Nil for what is no whole number with a unit.
    static func read(_ text: String) -> Duration? {
        guard let unit = units.first(where: { $0.letter == text.last }), text.utf8.count <= 16,
            text.utf8.dropLast().allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let number = Int64(text.dropLast())
        else { return nil }
        let (seconds, overflow) = number.multipliedReportingOverflow(by: unit.seconds)
        return overflow ? nil : .seconds(seconds)
    }
}
