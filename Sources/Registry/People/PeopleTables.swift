internal import SQL

/// The tables of people: who they are, what they may do, how they are signed in.
enum PeopleTables {
    static let migrations: [Migration] = [
        Migration(
            "0005-people",
            [
                """
                CREATE TABLE account (
                    id TEXT NOT NULL PRIMARY KEY CHECK (length(id) BETWEEN 16 AND 64),
                    name TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 64 AND name = lower(name)),
                    state TEXT NOT NULL CHECK (state IN ('active', 'disabled')),
                    password TEXT NOT NULL CHECK (length(password) <= 256),
                    generation BIGINT NOT NULL CHECK (generation > 0),
                    otp_secret BYTEA,
                    otp_pending BYTEA,
                    otp_step BIGINT,
                    created_at BIGINT NOT NULL,
                    password_changed_at BIGINT NOT NULL,
                    last_sign_in_at BIGINT,
                    CHECK (otp_secret IS NOT NULL OR otp_step IS NULL))
                """,
                """
                CREATE TABLE account_role (
                    account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
                    site TEXT NOT NULL CHECK (length(site) BETWEEN 1 AND 64),
                    role TEXT NOT NULL CHECK (length(role) BETWEEN 1 AND 32),
                    PRIMARY KEY (account, site, role))
                """,
                "CREATE INDEX account_role_role ON account_role (role, site)",
                // Codes are kept as SHA-256 of 80 random bits; one that was used is deleted.
                """
                CREATE TABLE recovery_code (
                    account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
                    hash BYTEA NOT NULL,
                    PRIMARY KEY (account, hash))
                """,
                // step: which of its refresh tokens, from 1 on, may be used next. opened_at: when that one was first given out;
                // issued: how often it was.
                """
                CREATE TABLE sign_in (
                    id TEXT NOT NULL PRIMARY KEY CHECK (length(id) BETWEEN 16 AND 64),
                    account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
                    generation BIGINT NOT NULL,
                    created_at BIGINT NOT NULL,
                    last_used_at BIGINT NOT NULL,
                    expires_at BIGINT NOT NULL,
                    address TEXT CHECK (length(address) <= 64),
                    user_agent TEXT CHECK (length(user_agent) <= 200),
                    step BIGINT NOT NULL CHECK (step > 0),
                    opened_at BIGINT NOT NULL,
                    issued BIGINT NOT NULL CHECK (issued > 0))
                """,
                "CREATE INDEX sign_in_account ON sign_in (account, last_used_at)",
                "CREATE INDEX sign_in_expiry ON sign_in (expires_at)",
                """
                CREATE TABLE refresh_token (
                    hash BYTEA NOT NULL PRIMARY KEY,
                    sign_in TEXT NOT NULL REFERENCES sign_in (id) ON DELETE CASCADE,
                    step BIGINT NOT NULL CHECK (step > 0))
                """,
                "CREATE INDEX refresh_token_sign_in ON refresh_token (sign_in, step)",
                """
                CREATE TABLE personal_token (
                    id TEXT NOT NULL PRIMARY KEY CHECK (length(id) BETWEEN 16 AND 64),
                    account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
                    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
                    hash BYTEA NOT NULL UNIQUE,
                    scopes TEXT NOT NULL,
                    created_at BIGINT NOT NULL,
                    expires_at BIGINT NOT NULL,
                    last_used_at BIGINT)
                """,
                "CREATE INDEX personal_token_account ON personal_token (account, created_at)",
                // key: a keyed digest. People type their password in the place of their name now and then: what was typed is not kept.
                """
                CREATE TABLE sign_in_guard (
                    scope TEXT NOT NULL CHECK (scope IN ('pair', 'address', 'name')),
                    key BYTEA NOT NULL,
                    failures BIGINT NOT NULL CHECK (failures > 0),
                    window_start BIGINT NOT NULL,
                    last_at BIGINT NOT NULL,
                    locked_until BIGINT,
                    PRIMARY KEY (scope, key))
                """,
                "CREATE INDEX sign_in_guard_age ON sign_in_guard (last_at)",
                """
                CREATE TABLE known_address (
                    account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
                    address TEXT NOT NULL CHECK (length(address) <= 64),
                    last_at BIGINT NOT NULL,
                    PRIMARY KEY (account, address))
                """,
                """
                CREATE TABLE hub_secret (
                    name TEXT NOT NULL PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 64),
                    secret BYTEA NOT NULL,
                    created_at BIGINT NOT NULL)
                """,
            ])
    ]
}
