internal import Certificates
internal import Foundation
internal import HubModel
internal import Registry
internal import SQL

/// The files of the hub's own certificate authority, held against the certificates that devices have of it: missing is not empty here
/// either (docs/damage.md).
struct AuthorityFiles {
    /// What is wrong.
    struct Problem {
        /// One sentence that begins with the file's name in the data folder.
        let sentence: String
        /// Whether devices' certificates cannot be checked at all.
        let isFatal: Bool
    }

    /// The folder of the authority.
    let folder: String

    /// - Parameter data: the data folder.
    init(data: String) { folder = data + "/ca" }

    /// Paths of the certificate and the key.
    var files: (certificate: String, key: String) { CertificateAuthority.files(in: folder) }

    /// What is wrong with the files. That there is no key is not: somebody may keep it elsewhere, and checking needs none.
    /// - Parameter valid: how many certificates of devices are valid, by authority.
    func problems(_ valid: [String?: Int64]) -> [Problem] {
        let identity: String
        do throws(CertificateFailure) {
            identity = try CertificateAuthority.identity(in: folder)
        } catch {
            let count = valid.values.reduce(0, +)
            guard case .missing = error else { return [Problem(sentence: "ca/ca.pem \(error.words)", isFatal: true)] }
            guard count > 0 else { return [] }
            return [
                Problem(
                    sentence: """
                        ca/ca.pem is missing, and \(count) certificates of devices open nothing without it; put it back from a backup, or \
                        revoke them (\(Invocation.program) ca revoke)
                        """, isFatal: true)
            ]
        }
        var problems: [Problem] = []
        let others = valid.reduce(Int64(0)) { $0 + ($1.key == nil || $1.key == identity ? 0 : $1.value) }
        if others > 0 {
            problems.append(
                Problem(
                    sentence: """
                        ca/ca.pem is another authority than the one that signed \(others) certificates of devices: they open nothing with it; \
                        put back the one before, or issue them anew
                        """, isFatal: false))
        }
        do throws(CertificateFailure) {
            _ = try CertificateAuthority.load(from: folder)
        } catch {
            switch error {
            // Of rights that are too wide `FolderSigns` warns.
            case .missing, .exposedKey: break
            default: problems.append(Problem(sentence: "ca/ca.key \(error.words)", isFatal: false))
            }
        }
        return problems
    }

    /// The same, with what a database says: that of the folder, or a copy of it.
    func problems(known file: String, now: Timestamp) async throws -> [Problem] {
        let database = try Database.open(DatabaseConfiguration(.file(file), readers: 0))
        defer { try? database.close() }
        do {
            return problems(try await database.read { try DeviceCredentials.countValid(at: now, in: $0) })
        } catch let failure as SQLFailure where failure.code == .syntax {
            // A database of an older version does not say.
            return problems([:])
        }
    }

    /// The authority, to issue certificates with.
    /// - Throws: `SettingError`, `CertificateFailure`.
    func load() throws -> CertificateAuthority {
        let there = (certificate: FileFacts.isTaken(files.certificate), key: FileFacts.isTaken(files.key))
        guard there.certificate || there.key else {
            throw SettingError(
                "there is no certificate authority in \(folder); make one with: \(Invocation.program) ca init")
        }
        try requireBothOrNone()
        return try CertificateAuthority.load(from: folder)
    }

    /// One file without the other is half of an authority, and not the place for a new one.
    /// - Throws: `SettingError`.
    func requireBothOrNone() throws {
        let there = (certificate: FileFacts.isTaken(files.certificate), key: FileFacts.isTaken(files.key))
        guard there.certificate != there.key else { return }
        let (missing, found) = there.key ? (files.certificate, files.key) : (files.key, files.certificate)
        throw SettingError(
            "\(missing) is missing beside \(found); put it back from a backup, or from where you keep it")
    }
}

extension CertificateFailure {
    /// What is wrong with a file whose name stands before.
    fileprivate var words: String {
        switch self {
        case .missing: "is missing"
        case .inaccessible(_, let reason): "cannot be read: \(reason)"
        case .unusable(_, let reason): "cannot be used: \(reason)"
        case .exposedKey, .alreadyThere, .badRequest, .badName, .badValidity: "cannot be used: \(description)"
        }
    }
}
