internal import HubModel
internal import SolutionKit
internal import Trust

/// The solutions of a program, and what they and the hub declare together.
struct Solutions: Sendable {
    let all: [any Solution]
    /// How their devices take commands.
    let commandForms: [CommandForm]
    let catalogue: Catalogue
    /// The sorts of files that they keep, the hub's own first.
    let blobs: [BlobPurpose]
    /// What is deleted when it is old or too much, in the order in which it is.
    let retentionTasks: [RetentionTask]
    /// The settings that are declared with what they change, by retention rules and by solutions; the hub's own first.
    let settings: [DeclaredSetting]
    /// Folders of pages beside `Web` (`WebFolder.more`).
    let pageFolders: [String]

    /// Ends the program when the solutions contradict each other: that is a mistake of this program, found by every test that starts it.
    init(_ all: [any Solution], pageFolders: [String]) {
        self.all = all
        self.pageFolders = pageFolders
        commandForms = all.compactMap { $0 as? any GivesCommands }.flatMap(\.commandForms)
        do throws(CatalogueError) {
            catalogue = try Catalogue(all.map(\.manifest), commands: commandForms)
        } catch {
            fatalError("The solutions contradict each other: \(error)")
        }
        let rules = [Retention.ofCommands] + all.compactMap { $0 as? any HasRetention }.flatMap(\.retention)
        blobs = [DevicePicture.purpose] + all.compactMap { $0 as? any HasBlobs }.flatMap(\.blobs)
        retentionTasks = rules.map { .rows($0) } + blobs.flatMap { [.oldFiles($0), .filesBeyond($0)] }
        settings = rules.map(\.days) + blobs.flatMap(\.settings) + all.flatMap(\.manifest.settings)
        var names = Set(Setting.allCases.map(\.rawValue) + Limit.allCases.map(\.rawValue))
        for setting in settings where !names.insert(setting.name).inserted || !setting.name.hasPrefix("MARTLET_") {
            fatalError("The setting \(setting.name) is declared twice, or is not called MARTLET_…")
        }
    }

    /// Those of the program that runs: bound once, around all of it (`Program.run`). The parser of the command line knows its types only
    /// by name, and can be handed no value. What serves takes them from `House`.
    static var current: Solutions {
        guard let bound else { fatalError("A command was parsed outside of Program.run") }
        return bound
    }

    @TaskLocal static var bound: Solutions?

    /// A kind of device for the examples of the help, and the beginning of the names of devices there.
    var exampleKind: String { catalogue.kinds.first?.declared.name.name ?? "KIND" }

    /// A permission of a solution for the examples of the help.
    var examplePermission: String { all.first?.manifest.needs.name ?? Permission.viewSystem.name }

    /// A line for each declared setting, for `serve --help`.
    var settingsHelp: String {
        settings.map { setting in
            let standard = setting.standardText
            return
                "\(setting.name): \(setting.help).\(Solutions.choice(setting)) Default: \(standard.isEmpty ? "none" : standard)"
        }.joined(separator: "\n\n")
    }

    /// The lines of the sample file.
    var settingsSample: [String] {
        settings.map { "# \($0.help).\(Solutions.choice($0))\n#\($0.name)=\($0.standardText)\n" }
    }

    /// What a setting may be, where its help does not say it.
    private static func choice(_ setting: DeclaredSetting) -> String {
        if case .number = setting.form { "" } else { " It is \(setting.form.wanted)." }
    }

    /// The declared setting of this name.
    func setting(named name: String) -> DeclaredSetting? { settings.first { $0.name == name } }
}
