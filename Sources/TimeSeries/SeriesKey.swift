/// A tag of a series: part of its identity, such as `location=roof_01`.
public struct Tag: Sendable, Hashable {
    /// The tag's name, unique in its series.
    public var name: String
    /// The tag's value.
    public var value: String

    /// Makes a tag.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// What a series is known by: who reports, what is measured, and tags.
public struct SeriesKey: Sendable, Hashable {
    /// Who reports, such as a device's id.
    public let source: String
    /// What kind of report it is, such as `telemetry`. Reports of one kind carry about the same fields.
    public let measurement: String
    /// Sorted by name, each name once.
    public let tags: [Tag]

    /// Makes a key. Tags may come in any order; of two with one name the later one counts.
    public init(source: String, measurement: String, tags: [Tag] = []) {
        self.source = source
        self.measurement = measurement
        if tags.count < 2 {
            self.tags = tags
        } else {
            var values: [String: String] = [:]
            for tag in tags { values[tag.name] = tag.value }
            self.tags = values.map { Tag($0.key, $0.value) }.sorted { $0.name < $1.name }
        }
    }

    /// Tags are rare and follow from the source: they are compared, but hashed only where there are some.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(source)
        hasher.combine(measurement)
        if !tags.isEmpty { hasher.combine(tags) }
    }
}

extension SeriesKey {
    /// The tags as one text, for the UNIQUE constraint: `name=value,name=value`, with `%`, `,` and `=` as `%25`, `%2C`
    /// and `%3D`.
    var tagText: String {
        tags.map { "\(SeriesKey.escaped($0.name))=\(SeriesKey.escaped($0.value))" }.joined(separator: ",")
    }

    /// The tags of a `tagText`.
    static func tags(of text: String) -> [Tag] {
        text.split(separator: ",").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return Tag(unescaped(parts[0]), parts.count > 1 ? unescaped(parts[1]) : "")
        }
    }

    private static func escaped(_ text: String) -> String {
        guard
            text.utf8.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "=") })
        else { return text }
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "%": result += "%25"
            case ",": result += "%2C"
            case "=": result += "%3D"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }

    private static func unescaped(_ text: Substring) -> String {
        guard text.contains("%") else { return String(text) }
        var result = ""
        var rest = text.unicodeScalars[...]
        while let character = rest.popFirst() {
            guard character == "%" else {
                result.unicodeScalars.append(character)
                continue
            }
            switch String(rest.prefix(2)) {
            case "25": result += "%"
            case "2C": result += ","
            case "3D": result += "="
            default: result += "%"; continue
            }
            rest = rest.dropFirst(2)
        }
        return result
    }
}
