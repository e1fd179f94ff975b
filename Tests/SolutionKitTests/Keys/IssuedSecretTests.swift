import HubModel
import HubTesting
import SQL
import SolutionKit
import Testing

@Suite struct IssuedSecretTests {
    private let manager = Caller(.shell(name: "root"))

    /// What an accident would print of a value.
    private func printed(_ value: Any) -> String {
        var dumped = ""
        dump(value, to: &dumped)
        return "\(value) \(String(reflecting: value)) \(dumped)"
    }

    @Test("a key that was made is printed nowhere by accident, nor is what holds it")
    func keys() async throws {
        let database = try Database.open(DatabaseConfiguration(.memory))
        let line = DirectLine(database: database, clock: ManualClock())
        let (devices, barn, manager) = (FakeDevices([:]), try #require(DeviceID("barn")), manager)
        let made = try await line.perform { line in
            try devices.add(NewDevice(barn, kind: DeviceKind("tank")), by: manager, in: &line)
        }
        #expect(made.key.text == devices.key(of: "barn"))
        for value in [made, made.key, [made.key], Optional(made.key) as Any] as [Any] {
            #expect(!printed(value).contains(made.key.text))
        }
        #expect(printed(made).contains("barn"), "the device is no secret")
    }

    @Test("a password is printed nowhere by accident, made or chosen")
    func passwords() async throws {
        let people = FakePeople()
        for chosen in [nil, "a fine long password"] {
            let password = try await people.password(chosen, for: "Anna", by: manager)
            #expect(password.name == "anna" && (password.made == nil) == (chosen != nil))
            #expect(!printed(password).contains(chosen ?? password.made?.text ?? ""))
        }
    }
}
