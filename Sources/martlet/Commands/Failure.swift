internal import ArgumentParser
internal import Foundation
internal import HubModel
internal import SQL

/// Turns what went wrong into one sentence for the person at the keyboard.
enum Failure {
    /// Runs something; what it throws becomes a line on standard error and exit code 1.
    static func explained(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as SettingError {
            try exit(error.description)
        } catch let error as SQLFailure {
            try exit("the database refused: \(error)")
        } catch let error as MigrationFailure {
            try exit("the data folder does not fit this version of martlet: \(error)")
        } catch let error as Refusal {
            try exit(error.detail)
        }
    }

    private static func exit(_ sentence: String) throws -> Never {
        // The statement in a failure of the database has several lines.
        let line = sentence.split(whereSeparator: \.isNewline).joined(separator: " ")
        FileHandle.standardError.write(Data("martlet: \(Output.printable(line))\n".utf8))
        throw ExitCode(1)
    }
}

/// The data folder of commands that work on it.
enum DataOption {
    /// The flag, or the environment, or the default.
    static func path(_ flag: String?) -> String {
        let path = flag ?? ProcessInfo.processInfo.environment[Setting.data.rawValue] ?? "data"
        return Configuration.folder(String(TextInput.trimmed(path[...])))
    }
}
