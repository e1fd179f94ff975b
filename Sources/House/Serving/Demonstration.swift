internal import Credentials
internal import HubModel
internal import Registry
internal import SQL
internal import SolutionKit
internal import Trust

/// What the solutions declare for `martlet serve --demo`.
struct Demonstration: Sendable {
    /// Those that have a part in it.
    let solutions: [any HasDemonstration]

    init(_ solutions: Solutions) {
        self.solutions = solutions.all.compactMap { $0 as? any HasDemonstration }
    }

    /// Registers the simulated devices. They are devices like others, with keys that only this process knows.
    func registerDevices(
        _ accounts: Accounts, _ stored: Stored, at now: Timestamp
    ) async throws -> DeviceKeys {
        let devices = solutions.flatMap { registrations(of: $0, at: now) }
        let administrator = Administrator(Caller(.hub, grants: Grants(everywhere: .all)), at: now)
        let book = accounts.devices
        return try await stored.database.write { transaction in
            var keys: [String: String] = [:]
            for device in devices {
                guard let id = DeviceID(device.name) else { continue }
                if let controller = device.controller.flatMap({ DeviceID($0) }) {
                    do {
                        _ = try book.add(
                            id, kind: device.kind, controller: controller, by: administrator, in: transaction)
                    } catch let refusal as Refusal where refusal.code == .conflict {
                        // It is there from an earlier start; whose it is now, is not ours to change.
                        continue
                    }
                } else {
                    keys[id.text] = try newKey(of: id, device.kind, book, administrator, in: transaction)
                }
            }
            return DeviceKeys(keys)
        }
    }

    private func registrations(of solution: some HasDemonstration, at now: Timestamp) -> [SimulatedRegistration] {
        solution.demonstration(at: now)?.devices ?? []
    }

    /// A new key of a device that is made if it is not there.
    private func newKey(
        of id: DeviceID, _ kind: DeviceKind, _ devices: DeviceAdministration, _ administrator: Administrator,
        in transaction: Transaction
    ) throws -> String {
        do {
            return try devices.rotate(id, by: administrator, in: transaction).key.text
        } catch let refusal as Refusal where refusal.code == .notFound {
            return try devices.add(id, kind: kind, by: administrator, in: transaction).key.text
        }
    }
}
