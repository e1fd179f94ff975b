internal import HubModel
internal import SQL

/// Who made the devices that nobody added: in an open hub each first message makes one, and whoever sends it shows nothing. So they
/// count for the address that it came from (of IPv6, its network of 64 bits).
extension DeviceRegistry {
    static let makers = Migration(
        "0014-device-makers",
        [
            // NULL: somebody added it, or it was made before this was kept.
            "ALTER TABLE device ADD COLUMN made_from TEXT",
            // How many there are of each, counted: the rows of one address may be many, and each of them is a first contact.
            """
            CREATE TABLE device_maker (
                address TEXT NOT NULL PRIMARY KEY, devices BIGINT NOT NULL CHECK (devices > 0))
            """,
        ])

    /// Counts a device for the address that made it.
    /// - Throws: `Refusal` with `limit_reached`; `SQLFailure`.
    func made(_ device: DeviceID, from address: String?, in transaction: Transaction) throws {
        let maker = AddressGroup.of(address)
        let counted = try transaction.execute(
            """
            INSERT INTO device_maker (address, devices) VALUES ($1, 1)
            ON CONFLICT (address) DO UPDATE SET devices = device_maker.devices + 1 WHERE device_maker.devices < $2
            """, [.text(maker), .integer(Int64(limitPerAddress))])
        guard counted == 1 else {
            throw Refusal(
                .limitReached,
                "\(maker) has made \(limitPerAddress) devices already: remove some, or set a higher limit.")
        }
        try transaction.execute(
            "UPDATE device SET made_from = $2 WHERE id = $1", [.text(device.text), .text(maker)])
    }

    /// A device is removed: it counts for nobody any more.
    func unmade(_ device: DeviceID, in transaction: Transaction) throws {
        let maker = try transaction.queryFirst("SELECT made_from FROM device WHERE id = $1", [.text(device.text)])
        guard let maker = try maker?.optionalText("made_from") else { return }
        try transaction.execute("UPDATE device SET made_from = NULL WHERE id = $1", [.text(device.text)])
        try transaction.execute("DELETE FROM device_maker WHERE address = $1 AND devices <= 1", [.text(maker)])
        try transaction.execute("UPDATE device_maker SET devices = devices - 1 WHERE address = $1", [.text(maker)])
    }
}
