import Foundation
import SQL

/// A folder that is gone when the test is over.
final class Folder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("martlet-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func file(_ name: String) -> String {
        path + "/" + name
    }
}

func memory() throws -> Database {
    try Database.open(DatabaseConfiguration(.memory))
}

/// The code of the failure that `body` throws, nil when it throws none.
func code(_ body: () async throws -> Void) async -> SQLFailure.Code? {
    do {
        try await body()
        return nil
    } catch let failure as SQLFailure {
        return failure.code
    } catch {
        return .other
    }
}
