public import HubModel
public import Registry
public import SQL

extension DeviceAdministration {
    /// Adds a site.
    /// - Parameter title: what people read, 1 to 100 characters.
    /// - Throws: `Refusal`: `conflict`, `value_out_of_range`, `limit_reached`, `forbidden` without the right for the whole hub; `SQLFailure`.
    public func addSite(
        _ site: SiteID, title: String, by administrator: Administrator, in transaction: Transaction
    ) throws {
        try requireHub(administrator)
        try sites.add(site, title: checked(title), at: administrator.instant, in: transaction)
        try record(.addSite, "site:\(site)", [("title", title)], administrator, in: transaction)
    }

    /// Gives a site another title.
    /// - Parameter title: what people read, 1 to 100 characters.
    /// - Throws: `Refusal`: `not_found`, `value_out_of_range`; `SQLFailure`.
    public func renameSite(
        _ site: SiteID, title: String, by administrator: Administrator, in transaction: Transaction
    ) throws {
        guard administrator.scope.contains(site), try sites.rename(site, title: checked(title), in: transaction) else {
            throw Refusal(.notFound, "There is no site \(site).")
        }
        try record(.changeSite, "site:\(site)", [("title", title)], administrator, in: transaction)
    }

    /// The sites of a scope, by name.
    /// - Throws: `SQLFailure`.
    public func sites(at scope: SiteScope = .all, in reader: some SQLReading) throws -> [SiteRecord] {
        try sites.sites(scope, in: reader)
    }

    /// Records a certificate that was issued to a device. Issue it before and hand it out after: one that is not recorded opens nothing.
    /// - Throws: `Refusal`: `not_found` for a device that is not there, `conflict` for a serial number in use; `SQLFailure`.
    public func recordCertificate(
        _ certificate: DeviceCertificate, by administrator: Administrator, in transaction: Transaction
    ) throws {
        _ = try device(certificate.device, administrator, in: transaction)
        try credentials.record(certificate, in: transaction)
        try record(
            .issueCertificate, "device:\(certificate.device)", [("serial", certificate.serial)], administrator,
            in: transaction)
    }

    /// Revokes a certificate by its serial number; the connection that came with it ends.
    /// - Returns: the certificate as it was.
    /// - Throws: `Refusal`: `not_found`, `conflict` when it was revoked before; `SQLFailure`.
    @discardableResult
    public func revokeCertificate(
        serial: String, by administrator: Administrator, in transaction: Transaction
    ) throws -> DeviceCertificate {
        guard let certificate = try credentials.certificate(serial, in: transaction) else {
            throw Refusal(.notFound, "There is no certificate with this serial number.")
        }
        _ = try device(certificate.device, administrator, in: transaction)
        guard try credentials.revoke(certificate, at: administrator.instant, in: transaction) else {
            throw Refusal(.conflict, "The certificate was revoked before.")
        }
        try record(
            .revokeCertificate, "device:\(certificate.device)", [("serial", certificate.serial)], administrator,
            in: transaction)
        return certificate
    }

    /// The certificates of a device, or of all devices, newest first.
    /// - Throws: `SQLFailure`.
    public func certificates(
        of device: DeviceID? = nil, limit: Int = 1_000, in reader: some SQLReading
    ) throws -> [DeviceCertificate] {
        try credentials.certificates(of: device, limit: limit, in: reader)
    }

    private func checked(_ title: String) throws(Refusal) -> String {
        guard (1...100).contains(title.unicodeScalars.count), !title.unicodeScalars.contains(where: { $0.value < 0x20 })
        else { throw Refusal(.valueOutOfRange, "A title has 1 to 100 characters.") }
        return title
    }
}
