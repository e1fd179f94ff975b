public import Credentials
public import HubModel
public import SQL

/// Tables `account` and `account_role`. No rule is kept here but those of the schema.
public enum AccountTable {
    private static let columns = """
        id, name, state, generation, CASE WHEN otp_secret IS NULL THEN 0 ELSE 1 END AS second_factor, created_at,
        password_changed_at, last_sign_in_at
        """

    /// How many accounts there are.
    /// - Throws: `SQLFailure`.
    public static func count(in reader: some SQLReading) throws -> Int64 {
        try reader.queryOne("SELECT COUNT(*) FROM account").integer(0)
    }

    /// How many admins of the whole hub may sign in.
    /// - Throws: `SQLFailure`.
    public static func activeAdmins(in reader: some SQLReading) throws -> Int64 {
        try reader.queryOne(
            """
            SELECT COUNT(*) FROM account_role JOIN account ON account.id = account_role.account
            WHERE account_role.role = 'admin' AND account_role.site = '*' AND account.state = 'active'
            """
        ).integer(0)
    }

    /// All accounts, ordered by name.
    /// - Throws: `SQLFailure`.
    public static func all(in reader: some SQLReading) throws -> [Account] {
        var roles: [String: [RoleAssignment]] = [:]
        for row in try reader.query("SELECT account, site, role FROM account_role ORDER BY account, site, role") {
            guard let role = try assignment(row) else { continue }
            roles[try row.text("account"), default: []].append(role)
        }
        return try reader.query("SELECT \(columns) FROM account ORDER BY name").compactMap {
            try account($0, roles: roles[try $0.text("id")] ?? [])
        }
    }

    /// The account of a name; nil if there is none.
    /// - Throws: `SQLFailure`.
    public static func account(named name: AccountName, in reader: some SQLReading) throws -> Account? {
        try account(reader.queryFirst("SELECT \(columns) FROM account WHERE name = $1", [.text(name.text)]), reader)
    }

    /// An account; nil if it is gone.
    /// - Throws: `SQLFailure`.
    public static func account(_ id: String, in reader: some SQLReading) throws -> Account? {
        try account(reader.queryFirst("SELECT \(columns) FROM account WHERE id = $1", [.text(id)]), reader)
    }

    /// What a sign-in is compared with, of the account of a name; nil if there is none. One query, so that it tells by no time whether
    /// there is.
    /// - Throws: `SQLFailure`.
    public static func door(
        of name: AccountName, in reader: some SQLReading
    ) throws -> (account: String, generation: Int64, password: PasswordHash?)? {
        try reader.queryFirst("SELECT id, generation, password FROM account WHERE name = $1", [.text(name.text)]).map {
            (try $0.text(0), try $0.integer(1), PasswordHash(text: try $0.text(2)))
        }
    }

    /// What an account keeps secret; nil if it is gone.
    /// - Throws: `SQLFailure`.
    public static func secrets(_ id: String, in reader: some SQLReading) throws -> AccountSecrets? {
        let found = try reader.queryFirst(
            "SELECT password, otp_secret, otp_pending, otp_step FROM account WHERE id = $1", [.text(id)])
        guard let row = found else { return nil }
        return AccountSecrets(
            password: PasswordHash(text: try row.text("password")),
            secondFactor: try row.optionalBlob("otp_secret").map(OneTimePassword.init(secret:)),
            pendingSecondFactor: try row.optionalBlob("otp_pending").map(OneTimePassword.init(secret:)),
            lastStep: try row.optionalInteger("otp_step"))
    }

    /// Adds an account without roles, active.
    /// - Returns: whether the name was free.
    /// - Throws: `SQLFailure`.
    public static func insert(
        _ id: String, name: AccountName, password: PasswordHash, at instant: Timestamp, in transaction: Transaction
    ) throws -> Bool {
        try transaction.execute(
            """
            INSERT INTO account (id, name, state, password, generation, created_at, password_changed_at)
            VALUES ($1, $2, 'active', $3, 1, $4, $4) ON CONFLICT (name) DO NOTHING
            """,
            [.text(id), .text(name.text), .text(password.text), .integer(instant.microseconds)]) == 1
    }

    /// Removes an account with its roles, sign-ins, tokens and codes.
    /// - Throws: `SQLFailure`.
    public static func delete(_ id: String, in transaction: Transaction) throws {
        try transaction.execute("DELETE FROM account WHERE id = $1", [.text(id)])
    }

    /// Sets whether somebody may sign in.
    /// - Throws: `SQLFailure`.
    public static func set(_ state: Account.State, of id: String, in transaction: Transaction) throws {
        try transaction.execute("UPDATE account SET state = $2 WHERE id = $1", [.text(id), .text(state.rawValue)])
    }

    /// Replaces all roles.
    /// - Throws: `SQLFailure`.
    public static func set(_ roles: [RoleAssignment], of id: String, in transaction: Transaction) throws {
        try transaction.execute("DELETE FROM account_role WHERE account = $1", [.text(id)])
        for role in roles {
            try transaction.execute(
                """
                INSERT INTO account_role (account, site, role) VALUES ($1, $2, $3)
                ON CONFLICT (account, site, role) DO NOTHING
                """,
                [.text(id), .text(role.siteText), .text(role.role.text)])
        }
    }

    /// Sets another password.
    /// - Throws: `SQLFailure`.
    public static func set(
        _ password: PasswordHash, of id: String, at instant: Timestamp, in transaction: Transaction
    ) throws {
        try transaction.execute(
            "UPDATE account SET password = $2, password_changed_at = $3 WHERE id = $1",
            [.text(id), .text(password.text), .integer(instant.microseconds)])
    }

    /// Keeps a costlier hash of the same password, unless the password was changed meanwhile.
    /// - Throws: `SQLFailure`.
    public static func rehash(
        _ id: String, from old: PasswordHash, to new: PasswordHash, in transaction: Transaction
    ) throws {
        try transaction.execute(
            "UPDATE account SET password = $3 WHERE id = $1 AND password = $2",
            [.text(id), .text(old.text), .text(new.text)])
    }

    /// Makes every access token that was given out worthless.
    /// - Throws: `SQLFailure`.
    public static func nextGeneration(_ id: String, in transaction: Transaction) throws {
        try transaction.execute("UPDATE account SET generation = generation + 1 WHERE id = $1", [.text(id)])
    }

    /// Notes a sign-in.
    /// - Throws: `SQLFailure`.
    public static func signedIn(_ id: String, at instant: Timestamp, in transaction: Transaction) throws {
        try transaction.execute(
            "UPDATE account SET last_sign_in_at = $2 WHERE id = $1", [.text(id), .integer(instant.microseconds)])
    }

    private static func account(_ row: Row?, _ reader: some SQLReading) throws -> Account? {
        guard let row else { return nil }
        let roles = try reader.query(
            "SELECT site, role FROM account_role WHERE account = $1 ORDER BY site, role", [.text(try row.text("id"))]
        ).compactMap(assignment)
        return try account(row, roles: roles)
    }

    private static func account(_ row: Row, roles: [RoleAssignment]) throws -> Account? {
        guard let name = AccountName(try row.text("name")), let state = Account.State(rawValue: try row.text("state"))
        else { return nil }
        return Account(
            id: try row.text("id"), name: name, state: state, roles: roles, generation: try row.integer("generation"),
            hasSecondFactor: try row.boolean("second_factor"),
            createdAt: Timestamp(microseconds: try row.integer("created_at")),
            passwordChangedAt: Timestamp(microseconds: try row.integer("password_changed_at")),
            lastSignInAt: try row.optionalInteger("last_sign_in_at").map(Timestamp.init(microseconds:)))
    }

    private static func assignment(_ row: Row) throws -> RoleAssignment? {
        let site = try row.text("site")
        guard let role = RoleName(try row.text("role")) else { return nil }
        if site == "*" { return RoleAssignment(role) }
        return SiteID(site).map { RoleAssignment(role, at: $0) }
    }
}
