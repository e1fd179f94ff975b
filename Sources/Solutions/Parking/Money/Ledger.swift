internal import HubModel
package import SQL

/// An account of a lot. Debits are positive: what the lot has or is owed; credits negative: what it earned or owes.
package enum LedgerAccount: String, CaseIterable, Sendable {
    /// Money that came in.
    case cash
    /// What drivers owe for their sessions; negative for one who paid more than was due, or paid before leaving.
    case receivable
    /// What was earned by sessions that have ended.
    case revenue
    /// Payments of which nobody knows yet what for.
    case unallocated
}

/// What an entry of the ledger comes from.
package enum LedgerEvent: Hashable, Sendable {
    /// A session ended and is due.
    case session(String)
    case payment(String)
    /// A payment found its session.
    case allocation(String)
    case refund(String)
    /// What a session owes is written off.
    case waiver(String)

    var text: String {
        switch self {
        case .session(let id): "session:\(id)"
        case .payment(let id): "payment:\(id)"
        case .allocation(let id): "allocation:\(id)"
        case .refund(let id): "refund:\(id)"
        case .waiver(let id): "waiver:\(id)"
        }
    }
}

/// The double-entry ledger of the lots: only ever added to, and each event sums to nothing.
package enum Ledger {
    /// The entries of an event do not sum to nothing: a defect of ours, and nothing of it is stored.
    struct Unbalanced: Error {
        var event: String
    }

    /// Books an event. What the session's driver owes changes with it.
    /// - Parameters:
    ///   - amounts: what each account changes by; nothing is written for an account that does not change.
    ///   - session: the session it is about; needed when `receivable` changes.
    static func book(
        _ event: LedgerEvent, lot: LotID, session: String?, payment: String?, at instant: Timestamp,
        _ amounts: [LedgerAccount: Int64], in transaction: Transaction
    ) throws {
        guard amounts.values.reduce(0, +) == 0, session != nil || amounts[.receivable, default: 0] == 0 else {
            throw Unbalanced(event: event.text)
        }
        for account in LedgerAccount.allCases {
            guard let amount = amounts[account], amount != 0 else { continue }
            try LedgerTable.insert(
                event, lot: lot, account: account, amountMinor: amount, session: session, payment: payment,
                at: instant, in: transaction)
        }
        guard let session, let owed = amounts[.receivable], owed != 0 else { return }
        try ParkingSessionTable.addToBalance(owed, of: session, in: transaction)
    }

    /// What each account of a lot holds; accounts in which nothing was ever booked hold 0.
    package static func balances(of lot: LotID, in reader: some SQLReading) throws -> [LedgerAccount: Int64] {
        let booked = try LedgerTable.balances(of: lot, in: reader)
        return Dictionary(uniqueKeysWithValues: LedgerAccount.allCases.map { ($0, booked[$0] ?? 0) })
    }
}

/// A line of the ledger.
struct LedgerEntry: Hashable, Sendable {
    var id: Int64
    /// The event that it belongs to: `session:…`, `payment:…`, `allocation:…`, `refund:…`, `waiver:…`.
    var event: String
    var account: LedgerAccount
    /// Debits are positive.
    var amountMinor: Int64
    var session: String?
    var payment: String?
    var at: Timestamp
}
