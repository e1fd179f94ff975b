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

    private let filter: TopicFilterLevels
    private var levels: [String] { filter.levels }

    /// Reads a filter; nil when it covers none of them.
    init?(_ filter: String) {
        self.filter = TopicFilterLevels(filter)
        let levels = self.filter.levels
        let stem = ["parkmate", "led", "command"]
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
        return DeviceID(levels[4])
    }

    /// Whether it covers a spot's topic of a form.
    func covers(_ form: Form, of spot: SpotFacts) -> Bool {
        filter.covers(LEDFilter.topic(form, of: spot).split(separator: "/").map(String.init))
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
