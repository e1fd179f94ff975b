public import HubModel

/// What the declared settings are set to.
public struct SettingValues: Sendable {
    private var values: [String: SettingContent] = [:]

    /// Nothing is set: each has its default.
    public init() {}

    /// What a whole number is.
    public subscript(setting: DeclaredSetting) -> Int {
        guard case .number(let number) = values[setting.name] ?? setting.standard else {
            preconditionFailure("\(setting.name) is no whole number: ask for it by its TypedSetting")
        }
        return number
    }

    /// What a setting of another type is.
    public subscript<Value>(setting: TypedSetting<Value>) -> Value {
        guard let content = values[setting.declared.name] else { return setting.standard }
        return setting.value(content) ?? setting.standard
    }

    /// What any setting is, as somebody would set it.
    public func text(of setting: DeclaredSetting) -> String { (values[setting.name] ?? setting.standard).text }

    /// Sets one from its text.
    /// - Throws: `Refusal` with `value_out_of_range`, which names the setting and what it may be.
    public mutating func set(_ setting: DeclaredSetting, to text: String) throws(Refusal) {
        guard let content = setting.form.read(text) else {
            throw Refusal(.valueOutOfRange, "\(setting.name) is '\(text)', but must be \(setting.form.wanted)")
        }
        values[setting.name] = content
    }
}
