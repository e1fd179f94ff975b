/// A setting that a solution declares. It is set in the environment or in the settings file, as the hub's own; `martlet check` and the start
/// refuse what it may not be.
///
/// One made here is a whole number. For the others there is `TypedSetting`, whose `declared` goes into the manifest.
public struct DeclaredSetting: Sendable, Hashable {
    /// Its name in both, `MARTLET_` and the solution first: `MARTLET_VALVES_HISTORY_DAYS`.
    public let name: String
    /// What it means, and what happens beyond it, one sentence without its default.
    public let help: String
    /// What it may be.
    public let form: SettingForm
    /// What it is unless somebody sets it.
    let standard: SettingContent

    /// A whole number.
    public init(_ name: String, _ help: String, range: ClosedRange<Int>, standard: Int) {
        self.init(name, help, .number(range), .number(standard))
    }

    init(_ name: String, _ help: String, _ form: SettingForm, _ standard: SettingContent) {
        self.name = name
        self.help = help
        self.form = form
        self.standard = standard
    }

    /// For how many days something is kept; 0: for ever.
    public static func days(_ name: String, _ help: String, standard: Int = 0) -> DeclaredSetting {
        DeclaredSetting(name, help, range: 0...36_500, standard: standard)
    }

    /// Its default, as somebody would set it; empty for none.
    public var standardText: String { standard.text }
}
