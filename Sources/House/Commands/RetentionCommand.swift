internal import ArgumentParser
internal import Foundation
internal import HubModel
internal import SQL
internal import SolutionKit

/// `martlet retention`.
struct RetentionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retention",
        abstract: "Says what is old enough to be deleted by the hub's rules; deletes it with --apply.",
        discussion: """
            A hub that runs does the same once an hour, when its clock has run evenly for an hour. How long something is kept, the settings in \
            the table say, in the environment or in the file of --config, as for `\(Invocation.program) serve`; 0 is for ever. Readings are not among it: \
            MARTLET_RETENTION_DAYS is for them.

              \(Invocation.program) retention --data ~/site
              MARTLET_COMMAND_DAYS=30 \(Invocation.program) retention --data ~/site --apply
            """)

    @OptionGroup var data: DataArgument

    @Option(
        name: .long, help: .init("A file of lines NAME=value, as for `\(Invocation.program) serve`.", valueName: "FILE")
    )
    var config: String?

    @Flag(name: .long, help: "Delete it. What is deleted is gone for good.")
    var apply = false

    func run() async throws {
        let retention: Retention
        do {
            let configuration = try Configuration(
                flags: [:], environment: ProcessInfo.processInfo.environment, file: config)
            retention = Retention(tasks: Solutions.current.retentionTasks, settings: configuration.declared)
        } catch let error as SettingError {
            throw ValidationError(error.description)
        }
        try await AdministrationFolder.use(data.path) { folder in
            let now = SystemClock().now()
            let work =
                apply
                ? try await retention.apply(at: now, folder.database) { piece in
                    try await folder.database.write { try piece($0) }
                } : try await folder.database.read { try retention.due(at: now, in: $0) }
            Output.table(
                ["RULE", "DAYS", "SETTING", apply ? "DELETED" : "DUE", "WHAT"],
                work.map { work in
                    [
                        work.task.name, work.days.map { $0 > 0 ? "\($0)" : "for ever" } ?? "-", work.task.setting.name,
                        "\(work.rows)", work.task.title(retention.settings),
                    ]
                })
            if !apply, work.contains(where: { $0.rows > 0 }) { Output.note("nothing was deleted; --apply does it") }
        }
    }
}
