internal import HubModel

/// What of the LEDs' topics a filter covers.
struct LEDFilter: Hashable {
    /// The forms of the topic, from the shared one to that of one spot.
    enum Form: CaseIterable {
        /// `parkmate/led/command`
        case shared
        /// `parkmate/led/command/{lot}`
        case lot
        /// `parkmate/led/command/{lot}/{spot}`
        case spot
    }

    private let levels: [Substring]

    /// Reads a filter; nil when it covers none of them.
    init?(_ filter: String) {
        var levels = filter.split(separator: "/", omittingEmptySubsequences: false)
        // `$share/{group}/{filter}`, MQTT 5.0, section 4.8.2.
        if levels.first == "$share" { levels.removeFirst(min(2, levels.count)) }
        self.levels = levels
        let stem: [Substring] = ["parkmate", "led", "command"]
        for (index, expected) in stem.enumerated() {
            guard index < levels.count else { return nil }
            if levels[index] == "#" { return }
            guard levels[index] == "+" || levels[index] == expected else { return nil }
        }
        guard levels.count <= 5 || (levels.count == 6 && levels[5] == "#") else { return nil }
    }

    /// The one spot that it names, if it names one.
    var spot: DeviceID? {
        guard levels.count >= 5 else { return nil }
        return DeviceID(String(levels[4]))
    }

    /// Whether it covers a spot's topic of a form.
    func covers(_ form: Form, of spot: SpotFacts) -> Bool {
        let topic = LEDFilter.topic(form, of: spot).split(separator: "/")
        for (index, level) in levels.enumerated() {
            // `a/#` also covers `a` itself (section 4.7.1.2).
            if level == "#" { return true }
            guard index < topic.count, level == "+" || level == topic[index] else { return false }
        }
        return levels.count == topic.count
    }

    /// The first form under which a spot's colour reaches who subscribed.
    func form(of spot: SpotFacts) -> Form? {
        Form.allCases.first { covers($0, of: spot) }
    }

    static func topic(_ form: Form, of spot: SpotFacts) -> String {
        switch form {
        case .shared: "parkmate/led/command"
        case .lot: "parkmate/led/command/\(spot.lot)"
        case .spot: "parkmate/led/command/\(spot.lot)/\(spot.id)"
        }
    }
}
