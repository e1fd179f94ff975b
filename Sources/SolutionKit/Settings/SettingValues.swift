public import HubModel

/// What the declared settings are set to.
public struct SettingValues: Sendable {
    private var values: [String: Int] = [:]

    /// Nothing is set: each has its default.
    public init() {}

    /// What a setting is.
    public subscript(setting: DeclaredSetting) -> Int { values[setting.name] ?? setting.standard }

    /// Sets one from its text.
    /// - Throws: `Refusal` with `value_out_of_range`, which names the setting and what it may be.
    public mutating func set(_ setting: DeclaredSetting, to text: String) throws(Refusal) {
        guard let value = Int(text), setting.range.contains(value) else {
            throw Refusal(
                .valueOutOfRange,
                "\(setting.name) is '\(text)', but must be a whole number from \(setting.range.lowerBound) to \(setting.range.upperBound)"
            )
        }
        values[setting.name] = value
    }
}
