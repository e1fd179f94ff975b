/// A setting that a solution declares: a whole number in a range. It is set in the environment or in the settings file, as the hub's own.
public struct DeclaredSetting: Sendable, Hashable {
    /// Its name in both, `MARTLET_` and the solution first: `MARTLET_PARKING_HISTORY_DAYS`.
    public let name: String
    /// What it means, and what happens beyond it, one sentence without its default.
    public let help: String
    /// What it may be.
    public let range: ClosedRange<Int>
    /// What it is unless somebody sets it.
    public let standard: Int

    /// A setting.
    public init(_ name: String, _ help: String, range: ClosedRange<Int>, standard: Int) {
        self.name = name
        self.help = help
        self.range = range
        self.standard = standard
    }

    /// For how many days something is kept; 0: for ever.
    public static func days(_ name: String, _ help: String, standard: Int = 0) -> DeclaredSetting {
        DeclaredSetting(name, help, range: 0...36_500, standard: standard)
    }
}
