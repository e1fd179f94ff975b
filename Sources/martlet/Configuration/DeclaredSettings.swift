internal import SolutionKit

/// The settings that are declared with what they change, by solutions and by the hub's own retention rules.
enum DeclaredSettings {
    /// All of them, the hub's own first. A name that is there twice is a mistake of this program, found by every test that starts it.
    static let all: [DeclaredSetting] = {
        let all = Retention.rules.map(\.days) + Solutions.all.flatMap(\.manifest.settings)
        var names = Set(Setting.allCases.map(\.rawValue) + Limit.allCases.map(\.rawValue))
        for setting in all where !names.insert(setting.name).inserted || !setting.name.hasPrefix("MARTLET_") {
            fatalError("The setting \(setting.name) is declared twice, or is not called MARTLET_…")
        }
        return all
    }()

    /// The one of this name.
    static func named(_ name: String) -> DeclaredSetting? { all.first { $0.name == name } }

    /// A line for each, for `serve --help`.
    static var help: String {
        all.map { "\($0.name): \($0.help). Default: \($0.standard)" }.joined(separator: "\n\n")
    }
}
