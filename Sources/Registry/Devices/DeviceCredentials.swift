public import Credentials
public import HubModel
public import SQL

/// What devices show to come in: tables `device_credential` and `device_certificate`.
public struct DeviceCredentials: Sendable {
    /// What is stored of a device's key or password.
    public enum Stored: Sendable {
        /// SHA-256 of a key.
        case key([UInt8])
        /// scrypt over a password.
        case password(PasswordHash)
    }

    private let registry: DeviceRegistry

    /// Credentials over the tables of `RegistryTables`.
    public init(registry: DeviceRegistry) {
        self.registry = registry
    }

    /// What is stored of a device's key or password; nil: it has neither.
    /// - Throws: `SQLFailure`.
    public func stored(of device: DeviceID, in reader: some SQLReading) throws -> Stored? {
        guard
            let row = try reader.queryFirst(
                "SELECT kind, secret FROM device_credential WHERE device = $1", [.text(device.text)])
        else { return nil }
        let secret = try row.blob("secret")
        guard try row.text("kind") == DeviceCredentialKind.password.rawValue else { return .key(secret) }
        guard let hash = PasswordHash(text: String(decoding: secret, as: UTF8.self)) else {
            throw SQLFailure(.corrupt, "a row of device_credential cannot be read")
        }
        return .password(hash)
    }

    /// Gives a device a key, in the place of what it had.
    /// - Throws: `SQLFailure`.
    public func set(_ key: SecretKey, of device: DeviceID, at instant: Timestamp, in transaction: Transaction) throws {
        try set(.key, key.hash, of: device, at: instant, in: transaction)
    }

    /// Lets a device keep the password it has, in the place of what it had here.
    /// - Throws: `SQLFailure`.
    public func set(
        _ password: PasswordHash, of device: DeviceID, at instant: Timestamp, in transaction: Transaction
    ) throws {
        try set(.password, Array(password.text.utf8), of: device, at: instant, in: transaction)
    }

    private func set(
        _ kind: DeviceCredentialKind, _ secret: [UInt8], of device: DeviceID, at instant: Timestamp,
        in transaction: Transaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO device_credential (device, kind, secret, created_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (device) DO UPDATE SET kind = excluded.kind, secret = excluded.secret,
                created_at = excluded.created_at
            """,
            [.text(device.text), .text(kind.rawValue), .blob(secret), .integer(instant.microseconds)])
        try registry.stamp(device, in: transaction)
    }
}

/// A certificate that the hub issued to a device.
public struct DeviceCertificate: Hashable, Sendable {
    /// Its serial number: small hexadecimal digits, without leading zeros.
    public let serial: String
    /// Whose it is.
    public let device: DeviceID
    /// Its common name.
    public let commonName: String
    /// Until when it is valid.
    public let notAfter: Timestamp
    /// When it was issued.
    public let issuedAt: Timestamp
    /// When it was revoked; nil: it was not.
    public let revokedAt: Timestamp?
    /// Which authority signed it, by SHA-256 of its public key (64 small hexadecimal digits); nil: an earlier version did not say.
    public let authority: String?

    /// A certificate.
    public init(
        serial: String, device: DeviceID, commonName: String, notAfter: Timestamp, issuedAt: Timestamp,
        revokedAt: Timestamp? = nil, authority: String? = nil
    ) {
        self.serial = DeviceCertificate.canonical(serial)
        self.device = device
        self.commonName = commonName
        self.notAfter = notAfter
        self.issuedAt = issuedAt
        self.revokedAt = revokedAt
        self.authority = authority
    }

    /// A serial number as it is stored: small digits, without leading zeros, spaces and colons.
    public static func canonical(_ serial: String) -> String {
        let digits = serial.lowercased().filter { $0 != ":" && $0 != " " }.drop { $0 == "0" }
        return digits.isEmpty ? "0" : String(digits)
    }
}

extension DeviceCredentials {
    static let authorities = Migration(
        "0013-certificate-authorities",
        ["ALTER TABLE device_certificate ADD COLUMN authority TEXT CHECK (length(authority) = 64)"])

    /// How many certificates are valid, by the authority that signed them.
    /// - Throws: `SQLFailure`.
    public static func countValid(at instant: Timestamp, in reader: some SQLReading) throws -> [String?: Int64] {
        var counts: [String?: Int64] = [:]
        for row in try reader.query(
            """
            SELECT authority, COUNT(*) AS valid FROM device_certificate WHERE revoked_at IS NULL AND not_after > $1
            GROUP BY authority
            """, [.integer(instant.microseconds)])
        {
            counts[try row.optionalText("authority")] = try row.integer("valid")
        }
        return counts
    }

    /// A certificate by its serial number; nil: the hub did not issue it.
    /// - Throws: `SQLFailure`.
    public func certificate(_ serial: String, in reader: some SQLReading) throws -> DeviceCertificate? {
        try reader.queryFirst(
            "SELECT \(DeviceCredentials.columns) FROM device_certificate WHERE serial = $1",
            [.text(DeviceCertificate.canonical(serial))]
        ).map { try DeviceCredentials.certificate($0) }
    }

    /// The certificates of a device, or all of them; newest first, at most `limit`.
    /// - Throws: `SQLFailure`.
    public func certificates(
        of device: DeviceID? = nil, limit: Int = 1_000, in reader: some SQLReading
    ) throws -> [DeviceCertificate] {
        var conditions = Conditions()
        if let device { conditions.add("device", .equals, .text(device.text)) }
        let most = conditions.place(.integer(Int64(limit)))
        return try reader.query(
            """
            SELECT \(DeviceCredentials.columns) FROM device_certificate WHERE \(conditions.text)
            ORDER BY issued_at DESC, serial LIMIT \(most)
            """, conditions.arguments
        ).map { try DeviceCredentials.certificate($0) }
    }

    /// Records a certificate that was issued.
    /// - Throws: `Refusal` with `conflict` for a serial number that is there already; `SQLFailure`.
    public func record(_ certificate: DeviceCertificate, in transaction: Transaction) throws {
        let inserted = try transaction.execute(
            """
            INSERT INTO device_certificate (serial, device, common_name, not_after, issued_at, authority)
            VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (serial) DO NOTHING
            """,
            [
                .text(certificate.serial), .text(certificate.device.text), .text(certificate.commonName),
                .integer(certificate.notAfter.microseconds), .integer(certificate.issuedAt.microseconds),
                SQLValue(certificate.authority),
            ])
        guard inserted == 1 else { throw Refusal(.conflict, "The serial number \(certificate.serial) is in use.") }
    }

    /// Revokes a certificate.
    /// - Returns: whether it was valid until now.
    /// - Throws: `SQLFailure`.
    public func revoke(_ certificate: DeviceCertificate, at instant: Timestamp, in transaction: Transaction) throws
        -> Bool
    {
        let revoked = try transaction.execute(
            "UPDATE device_certificate SET revoked_at = $2 WHERE serial = $1 AND revoked_at IS NULL",
            [.text(certificate.serial), .integer(instant.microseconds)])
        guard revoked == 1 else { return false }
        try registry.stamp(certificate.device, in: transaction)
        return true
    }

    private static let columns = "serial, device, common_name, not_after, issued_at, revoked_at, authority"

    private static func certificate(_ row: Row) throws -> DeviceCertificate {
        guard let device = DeviceID(try row.text("device")) else {
            throw SQLFailure(.corrupt, "a row of device_certificate cannot be read")
        }
        return DeviceCertificate(
            serial: try row.text("serial"), device: device, commonName: try row.text("common_name"),
            notAfter: Timestamp(microseconds: try row.integer("not_after")),
            issuedAt: Timestamp(microseconds: try row.integer("issued_at")),
            revokedAt: try row.optionalInteger("revoked_at").map { Timestamp(microseconds: $0) },
            authority: try row.optionalText("authority"))
    }
}
