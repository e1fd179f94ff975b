package import HubModel

// A tariff as JSON:
//
//     {"currency": "EUR", "free_minutes": 15, "free_minutes_apply": "always", "daily_cap_minor": 1800,
//      "rules": [{"name": "Night", "kinds": ["standard"], "weekdays": ["mon", "tue"], "from": "20:00", "to": "08:00",
//                 "price": "flat", "minor": 400},
//                {"name": "Day", "price": "per_started", "minutes": 60, "minor": 250}]}

/// Bounds of what a tariff may say.
package enum TariffLimit {
    /// The most rules.
    package static let rules = 32
    /// The most bytes of a rule's name.
    package static let nameBytes = 64
    /// The most that a block, a window or a day costs, in minor units.
    package static let minor: Int64 = 10_000_000
    /// The longest block and the most free minutes.
    package static let minutes: Int64 = 1_440
}

extension Tariff {
    /// Reads a tariff. Nothing is taken for granted: a name that no tariff has is refused, so that no slip of the pen makes a day free.
    /// - Throws: `missing_field`, `wrong_type`, `value_out_of_range`, `duplicate_key`, `invalid_parameter` (a name that is not known),
    ///   with the place.
    package init(_ reader: inout JSONReader) throws(Refusal) {
        var currency: String?
        var free: Int64 = 0
        var always: Bool?
        var cap: Int64?
        var rules: [TariffRule]?
        var keys = SeenKeys(limit: 16)
        try reader.object { (key, reader) throws(Refusal) in
            try keys.note(key)
            switch key {
            case "currency":
                let code = try reader.string()
                guard Currency(code) != nil else {
                    throw Refusal(.valueOutOfRange, "currency is three capital letters, such as EUR")
                }
                currency = code
            case "free_minutes":
                free = try TariffField.whole("free_minutes", 0...TariffLimit.minutes, &reader)
            case "free_minutes_apply":
                switch try reader.string() {
                case "always": always = true
                case "short_stays": always = false
                default: throw Refusal(.valueOutOfRange, "free_minutes_apply is always or short_stays")
                }
            case "daily_cap_minor":
                guard try !reader.null() else { return }
                cap = try TariffField.whole("daily_cap_minor", 0...TariffLimit.minor, &reader)
            case "rules":
                var list: [TariffRule] = []
                try reader.array { (reader) throws(Refusal) in
                    guard list.count < TariffLimit.rules else {
                        throw Refusal(.limitReached, "a tariff has at most \(TariffLimit.rules) rules")
                    }
                    list.append(try TariffRule(&reader, number: list.count + 1))
                }
                rules = list
            default: throw TariffField.unknown(key, in: "a tariff")
            }
        }
        guard let currency else { throw Refusal(.missingField, "the tariff's currency is missing") }
        guard let rules else {
            throw Refusal(.missingField, "the tariff's rules are missing; an empty list is free parking")
        }
        self.init(
            currency: currency, freeMinutes: free, freeCountsAlways: always ?? true, dailyCapMinor: cap, rules: rules)
    }

    /// The tariff as JSON, in the one way in which it is stored.
    package var json: [UInt8] {
        var writer = JSONWriter()
        writer.write(self)
        return writer.bytes
    }
}

extension TariffRule {
    /// Reads a rule; `number` is its place, from 1, for what is said of a mistake.
    fileprivate init(_ reader: inout JSONReader, number: Int) throws(Refusal) {
        let place = "rule \(number)"
        var name: String?
        var word: String?
        var minutes: Int64?
        var minor: Int64?
        var rule = TariffRule(name: "", price: .free)
        var keys = SeenKeys(limit: 16)
        try reader.object { (key, reader) throws(Refusal) in
            try keys.note(key)
            switch key {
            case "name":
                let text = try reader.string()
                guard (1...TariffLimit.nameBytes).contains(text.utf8.count), !text.hasControlCharacters else {
                    throw Refusal(.valueOutOfRange, "\(place): name has 1 to \(TariffLimit.nameBytes) bytes")
                }
                name = text
            case "kinds": rule.kinds = try TariffField.kinds(place, &reader)
            case "weekdays": rule.weekdays = try TariffField.weekdays(place, &reader)
            case "from": rule.fromMinute = try TariffField.minute("\(place): from", 0...1_439, &reader)
            case "to": rule.toMinute = try TariffField.minute("\(place): to", 1...1_440, &reader)
            case "price": word = try reader.string()
            case "minutes": minutes = try TariffField.whole("\(place): minutes", 1...TariffLimit.minutes, &reader)
            case "minor": minor = try TariffField.whole("\(place): minor", 0...TariffLimit.minor, &reader)
            default: throw TariffField.unknown(key, in: place)
            }
        }
        guard let name else { throw Refusal(.missingField, "\(place): name is missing") }
        rule.name = name
        switch (word, minutes, minor) {
        case (nil, _, _): throw Refusal(.missingField, "\(place): price is missing")
        case ("per_started", let minutes?, let minor?): rule.price = .perStarted(minutes: minutes, minor: minor)
        case ("per_started", _, _): throw Refusal(.missingField, "\(place): per_started needs minutes and minor")
        case ("flat", nil, let minor?): rule.price = .flat(minor: minor)
        case ("flat", nil, nil): throw Refusal(.missingField, "\(place): flat needs minor")
        case ("flat", _, _): throw Refusal(.valueOutOfRange, "\(place): flat has no minutes")
        case ("free", nil, nil): rule.price = .free
        case ("free", _, _): throw Refusal(.valueOutOfRange, "\(place): free has neither minutes nor minor")
        default: throw Refusal(.valueOutOfRange, "\(place): price is per_started, flat or free")
        }
        self = rule
    }
}

/// Parts of a tariff's JSON.
enum TariffField {
    /// The words of the days, Monday first.
    static let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    static func unknown(_ key: String, in place: String) -> Refusal {
        // Part of what was sent is said only where it is surely a name.
        let isName = key.utf8.count <= 32 && key.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x5F }
        return Refusal(
            .invalidParameter, isName ? "\(place) has no \(key)" : "\(place) has something that is not known")
    }

    static func whole(
        _ name: String, _ range: ClosedRange<Int64>, _ reader: inout JSONReader
    ) throws(Refusal) -> Int64 {
        guard try reader.peek() == .number else { throw Refusal(.wrongType, "\(name) is a whole number") }
        guard let value = try reader.number().integerValue, range.contains(value) else {
            throw Refusal(
                .valueOutOfRange, "\(name) is a whole number, \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    /// Reads `HH:MM` as a minute of the day.
    static func minute(_ name: String, _ range: ClosedRange<Int>, _ reader: inout JSONReader) throws(Refusal) -> Int {
        let text = Array(try reader.string().utf8)
        let places = [0, 1, 3, 4]
        guard text.count == 5, text[2] == UInt8(ascii: ":"), places.allSatisfy({ (0x30...0x39).contains(text[$0]) })
        else {
            throw Refusal(.valueOutOfRange, "\(name) is a time such as 08:00")
        }
        let digits = places.map { Int(text[$0]) - 0x30 }
        let (hour, minute) = (digits[0] * 10 + digits[1], digits[2] * 10 + digits[3])
        guard minute < 60, range.contains(hour * 60 + minute) else {
            throw Refusal(
                .valueOutOfRange,
                "\(name) is a time from \(time(range.lowerBound)) to \(time(range.upperBound))")
        }
        return hour * 60 + minute
    }

    /// A minute of the day as `HH:MM`.
    static func time(_ minute: Int) -> String {
        let (hours, minutes) = (minute / 60, minute % 60)
        return "\(hours < 10 ? "0" : "")\(hours):\(minutes < 10 ? "0" : "")\(minutes)"
    }

    fileprivate static func kinds(_ place: String, _ reader: inout JSONReader) throws(Refusal) -> Set<SpotKind> {
        var kinds: Set<SpotKind> = []
        try reader.array { (reader) throws(Refusal) in
            guard let kind = SpotKind(rawValue: try reader.string()) else {
                let words = SpotKind.allCases.map(\.rawValue).joined(separator: ", ")
                throw Refusal(.valueOutOfRange, "\(place): kinds are \(words)")
            }
            kinds.insert(kind)
        }
        return kinds
    }

    fileprivate static func weekdays(_ place: String, _ reader: inout JSONReader) throws(Refusal) -> Set<Int> {
        var weekdays: Set<Int> = []
        try reader.array { (reader) throws(Refusal) in
            guard let day = days.firstIndex(of: try reader.string()) else {
                throw Refusal(.valueOutOfRange, "\(place): weekdays are \(days.joined(separator: ", "))")
            }
            weekdays.insert(day)
        }
        return weekdays
    }
}

extension String {
    /// Whether it holds a control character.
    var hasControlCharacters: Bool { unicodeScalars.contains { $0.properties.generalCategory == .control } }
}
