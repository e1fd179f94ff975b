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
        let members = try JSONMembers(&reader, limit: 16)
        try members.refuseOthers(than: [
            "currency", "free_minutes", "free_minutes_apply", "daily_cap_minor", "rules",
        ])
        try members.refuseNull(except: ["daily_cap_minor"])
        guard let currency = try members.optionalText("currency", maximumBytes: 256) else {
            throw Refusal(.missingField, "The tariff's currency is missing.")
        }
        guard Currency(currency) != nil else {
            throw Refusal(.valueOutOfRange, "currency is three capital letters, such as EUR.")
        }
        let free = try members.optionalWholeNumber("free_minutes", in: 0...TariffLimit.minutes)
        let applies = try members.optionalChoice("free_minutes_apply", of: FreeMinutesApply.self)
        let cap = try members.optionalWholeNumber("daily_cap_minor", in: 0...TariffLimit.minor)
        guard members.has("rules") else {
            throw Refusal(.missingField, "The tariff's rules are missing; an empty list is free parking.")
        }
        var rules: [TariffRule] = []
        try members.array("rules") { (reader) throws(Refusal) in
            guard rules.count < TariffLimit.rules else {
                throw Refusal(.limitReached, "A tariff has at most \(TariffLimit.rules) rules.")
            }
            rules.append(try TariffRule(&reader, number: rules.count + 1))
        }
        self.init(
            currency: currency, freeMinutes: free ?? 0, freeCountsAlways: applies != .shortStays, dailyCapMinor: cap,
            rules: rules)
    }

    /// The tariff as JSON, in the one way in which it is stored.
    package var json: [UInt8] {
        var writer = JSONWriter()
        writer.write(self)
        return writer.bytes
    }
}

/// Which stays the free minutes of a tariff are for.
private enum FreeMinutesApply: String, CaseIterable {
    case always
    case shortStays = "short_stays"
}

extension TariffRule {
    /// The words of `price`.
    private enum PriceWord: String, CaseIterable {
        case perStarted = "per_started"
        case flat, free
    }

    /// Reads a rule; `number` is its place, from 1, for what is said of a mistake.
    fileprivate init(_ reader: inout JSONReader, number: Int) throws(Refusal) {
        let members = try JSONMembers(&reader, limit: 16, place: "Rule \(number)")
        try members.refuseOthers(than: ["name", "kinds", "weekdays", "from", "to", "price", "minutes", "minor"])
        try members.refuseNull()
        let name = try members.text("name", maximumBytes: TariffLimit.nameBytes)
        guard !name.isEmpty, !name.hasControlCharacters else {
            throw members.refusal(.valueOutOfRange, "name has 1 to \(TariffLimit.nameBytes) bytes.")
        }
        self.init(name: name, price: try TariffRule.price(members))
        if let kinds = try members.tariffKinds() { self.kinds = kinds }
        if let weekdays = try members.tariffWeekdays() { self.weekdays = weekdays }
        if let from = try members.minuteOfDay("from", in: 0...1_439) { fromMinute = from }
        if let to = try members.minuteOfDay("to", in: 1...1_440) { toMinute = to }
    }

    private static func price(_ members: JSONMembers) throws(Refusal) -> TariffPrice {
        let word = try members.optionalChoice("price", of: PriceWord.self)
        let minutes = try members.optionalWholeNumber("minutes", in: 1...TariffLimit.minutes)
        let minor = try members.optionalWholeNumber("minor", in: 0...TariffLimit.minor)
        switch (word, minutes, minor) {
        case (nil, _, _): throw members.refusal(.missingField, "price is missing.")
        case (.perStarted, let minutes?, let minor?): return .perStarted(minutes: minutes, minor: minor)
        case (.perStarted, _, _): throw members.refusal(.missingField, "per_started needs minutes and minor.")
        case (.flat, nil, let minor?): return .flat(minor: minor)
        case (.flat, nil, nil): throw members.refusal(.missingField, "flat needs minor.")
        case (.flat, _, _): throw members.refusal(.valueOutOfRange, "flat has no minutes.")
        case (.free, nil, nil): return .free
        case (.free, _, _): throw members.refusal(.valueOutOfRange, "free has neither minutes nor minor.")
        }
    }
}

extension JSONMembers {
    /// A time of day as a minute of it, written as `HH:MM`.
    fileprivate func minuteOfDay(_ name: String, in range: ClosedRange<Int>) throws(Refusal) -> Int? {
        guard let text = try optionalText(name, maximumBytes: 16).map({ Array($0.utf8) }) else { return nil }
        let places = [0, 1, 3, 4]
        guard text.count == 5, text[2] == UInt8(ascii: ":"), places.allSatisfy({ (0x30...0x39).contains(text[$0]) })
        else {
            throw refusal(.valueOutOfRange, "\(name) is a time such as 08:00.")
        }
        let digits = places.map { Int(text[$0]) - 0x30 }
        let (hour, minute) = (digits[0] * 10 + digits[1], digits[2] * 10 + digits[3])
        guard minute < 60, range.contains(hour * 60 + minute) else {
            let (first, last) = (TariffField.time(range.lowerBound), TariffField.time(range.upperBound))
            throw refusal(.valueOutOfRange, "\(name) is a time from \(first) to \(last).")
        }
        return hour * 60 + minute
    }

    fileprivate func tariffKinds() throws(Refusal) -> Set<SpotKind>? {
        guard has("kinds") else { return nil }
        var kinds: Set<SpotKind> = []
        try array("kinds") { (reader) throws(Refusal) in
            guard let kind = SpotKind(rawValue: try reader.string()) else {
                let words = SpotKind.allCases.map(\.rawValue).joined(separator: ", ")
                throw refusal(.valueOutOfRange, "kinds are \(words).")
            }
            kinds.insert(kind)
        }
        return kinds
    }

    fileprivate func tariffWeekdays() throws(Refusal) -> Set<Int>? {
        guard has("weekdays") else { return nil }
        var weekdays: Set<Int> = []
        try array("weekdays") { (reader) throws(Refusal) in
            guard let day = TariffField.days.firstIndex(of: try reader.string()) else {
                throw refusal(.valueOutOfRange, "weekdays are \(TariffField.days.joined(separator: ", ")).")
            }
            weekdays.insert(day)
        }
        return weekdays
    }
}

/// Parts of a tariff's JSON.
enum TariffField {
    /// The words of the days, Monday first.
    static let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    /// A minute of the day as `HH:MM`.
    static func time(_ minute: Int) -> String {
        let (hours, minutes) = (minute / 60, minute % 60)
        return "\(hours < 10 ? "0" : "")\(hours):\(minutes < 10 ? "0" : "")\(minutes)"
    }
}

extension String {
    /// Whether it holds a control character.
    var hasControlCharacters: Bool { unicodeScalars.contains { $0.properties.generalCategory == .control } }
}
