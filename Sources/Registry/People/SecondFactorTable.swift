public import Credentials
public import SQL

/// The second factor of accounts: the secret in table `account`, the codes in `recovery_code`.
public enum SecondFactorTable {
    /// Keeps a secret that is not asked for before it is confirmed.
    /// - Throws: `SQLFailure`.
    public static func propose(_ secret: OneTimePassword, for account: String, in transaction: Transaction) throws {
        try transaction.execute(
            "UPDATE account SET otp_pending = $2 WHERE id = $1", [.text(account), .blob(secret.secret)])
    }

    /// Makes the proposed secret the one that is asked for, and these the only recovery codes.
    /// - Parameter step: that of the code which confirmed it.
    /// - Throws: `SQLFailure`.
    public static func confirm(
        _ account: String, step: Int64, codes: [RecoveryCode], in transaction: Transaction
    ) throws {
        try transaction.execute(
            """
            UPDATE account SET otp_secret = otp_pending, otp_pending = NULL, otp_step = $2
            WHERE id = $1 AND otp_pending IS NOT NULL
            """,
            [.text(account), .integer(step)])
        try transaction.execute("DELETE FROM recovery_code WHERE account = $1", [.text(account)])
        for code in codes {
            try transaction.execute(
                "INSERT INTO recovery_code (account, hash) VALUES ($1, $2)", [.text(account), .blob(code.hash)])
        }
    }

    /// Asks for no second factor any more.
    /// - Throws: `SQLFailure`.
    public static func remove(_ account: String, in transaction: Transaction) throws {
        try transaction.execute(
            "UPDATE account SET otp_step = NULL, otp_secret = NULL, otp_pending = NULL WHERE id = $1", [.text(account)])
        try transaction.execute("DELETE FROM recovery_code WHERE account = $1", [.text(account)])
    }

    /// Notes that the code of a step was accepted.
    /// - Returns: false if that step, or a later one, was accepted already.
    /// - Throws: `SQLFailure`.
    public static func use(step: Int64, of account: String, in transaction: Transaction) throws -> Bool {
        try transaction.execute(
            """
            UPDATE account SET otp_step = $2
            WHERE id = $1 AND otp_secret IS NOT NULL AND (otp_step IS NULL OR otp_step < $2)
            """,
            [.text(account), .integer(step)]) == 1
    }

    /// Takes a recovery code.
    /// - Returns: whether there was such a code.
    /// - Throws: `SQLFailure`.
    public static func use(_ code: RecoveryCode, of account: String, in transaction: Transaction) throws -> Bool {
        try transaction.execute(
            "DELETE FROM recovery_code WHERE account = $1 AND hash = $2", [.text(account), .blob(code.hash)]) == 1
    }
}
