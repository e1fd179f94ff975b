internal import HubModel
internal import SolutionKit
internal import Synchronization

/// Tells the audit of requests that were refused. What was refused is undone, so each entry goes in a transaction of its own.
final class RefusalAudit: Sendable {
    /// Entries of one account in a minute.
    static let perMinute = 10

    private let line: any Line
    private let audit: any AuditBook
    private let allowance = Mutex(AuditAllowance(perMinute: perMinute))

    init(line: any Line, audit: any AuditBook) {
        self.line = line
        self.audit = audit
    }

    /// Notes a refusal, if it is one that the audit should have and its account has not used up what it may fill.
    func note(_ refused: RefusedRequest) async {
        guard RefusalAudit.isWorthIt(refused), let account = refused.caller.account else { return }
        guard let leftOut = allowance.withLock({ $0.take(account, at: refused.receivedAt) }) else { return }
        let facts: [(name: String, value: String)] = [
            ("method", refused.route.method.rawValue), ("route", refused.route.path), ("code", refused.code.rawValue),
        ]
        let entry = AuditEntry(
            refused.caller, .request, target: refused.path, outcome: .refused,
            facts: facts + AuditAllowance.facts(leftOut: leftOut))
        let audit = audit
        do {
            try await line.perform { line in try audit.record(entry, at: line.now, in: line.transaction()) }
        } catch {
            // A hub that is too busy to note it refuses all the same; the next entry of this account tells of it.
            allowance.withLock { $0.leaveOut(leftOut + 1, of: account) }
        }
    }

    /// What somebody wanted to change, or to read of the audit, without the right to; and changes of people, devices and settings that
    /// contradict what is, such as to take away the last admin. A device that asks what it may not is a fault of its own, and counted.
    private static func isWorthIt(_ refused: RefusedRequest) -> Bool {
        let isChange = refused.route.method != .get
        switch refused.code {
        case .forbidden: return isChange || refused.route.access.permission == .viewAudit
        case .conflict:
            switch refused.route.access.permission {
            case .manageUsers?, .manageDevices?, .manageSettings?: return isChange
            default: return false
            }
        default: return false
        }
    }
}
