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
        } catch let error as CocoaError {
            try exit(FileTrouble.sentence(error))
        }
    }

    private static func exit(_ sentence: String) throws -> Never {
        // The statement in a failure of the database has several lines.
        let line = sentence.split(whereSeparator: \.isNewline).joined(separator: " ")
        FileHandle.standardError.write(Data("\(Invocation.program): \(Output.printable(line))\n".utf8))
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

    /// Whether somebody has named a folder.
    static func isNamed(_ flag: String?) -> Bool {
        flag != nil || ProcessInfo.processInfo.environment[Setting.data.rawValue] != nil
    }
}

/// What the system said of a file, in words.
enum FileTrouble {
    static func sentence(_ error: CocoaError) -> String {
        let place = error.userInfo[NSFilePathErrorKey] as? String
        let cause = (error.underlying as? POSIXError).map { String(cString: strerror($0.code.rawValue)) }
        let what =
            switch error.code {
            case .fileWriteOutOfSpace: "no space is left on the disk"
            case .fileWriteNoPermission, .fileReadNoPermission: "it may not be touched by this user"
            case .fileWriteVolumeReadOnly: "the disk is read-only"
            case .fileNoSuchFile, .fileReadNoSuchFile: "it is not there"
            default: cause ?? error.localizedDescription
            }
        return (place.map { "\($0): " } ?? "") + what
    }
}
