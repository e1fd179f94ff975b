public import HubModel
internal import SQL

/// Who may speak for which device: what a handler asks before it believes a message. In an open hub anybody may; elsewhere the device
/// itself, its controller, and a person's program that has the right to publish in the place of devices.
public struct SpeakerRights: Sendable {
    /// What becomes of a sender that shows no key (`MessageOrigin.Sender.keyless`).
    public enum Keyless: Sendable {
        /// It may speak for a device that has no key of its own.
        case maySpeak
        /// It is told this.
        case refused(String)
    }

    /// What the registry of devices knows of those that the handler keeps in memory.
    public enum Members: Sendable {
        /// All of them: whoever has shown a name may speak under it.
        case registered
        /// Not all: a name that somebody else has at another site must not speak for one of them.
        case named
    }

    private let devices: any DeviceBook
    private let keyless: Keyless
    @usableFromInline let members: Members

    /// Rights.
    public init(_ devices: any DeviceBook, keyless: Keyless, members: Members) {
        self.devices = devices
        self.keyless = keyless
        self.members = members
    }

    /// Refuses a sender that may not speak for a device in memory. A look at the tables is needed only where the speaker is another one than
    /// before.
    /// - Throws: `forbidden`; `SQLFailure`.
    @inlinable
    public func check<Entry: RosterEntry>(
        _ sender: MessageOrigin.Sender, for entry: Entry, in line: inout LineContext
    ) throws {
        switch sender {
        case .anybody, .person: return
        case .keyless: try checkKeyless(entry.device, at: entry.site, in: &line)
        case .device(let device):
            if device == entry.upkeep.speaker { return }
            if members == .registered, device == entry.device { return }
            try check(device, for: entry.device, at: members == .registered ? nil : entry.site, in: &line)
            entry.upkeep.speaker = device
        }
    }

    /// Refuses a sender that may not speak for a device of which nothing was heard yet. Only an open hub takes in what is not registered.
    /// - Parameter unknown: what the others are told then.
    /// - Throws: `forbidden`; `unknown`; `SQLFailure`.
    public func checkFirst(
        _ sender: MessageOrigin.Sender, for device: DeviceID, orElse unknown: Refusal, in line: inout LineContext
    ) throws {
        switch sender {
        case .anybody: return
        case .keyless: return try checkKeyless(device, at: nil, in: &line)
        case .device(let speaker): try check(speaker, for: device, at: nil, in: &line)
        case .person: break
        }
        guard try devices.site(of: device, in: try line.transaction()) != nil else { throw unknown }
    }

    @usableFromInline
    func check(
        _ speaker: DeviceID, for device: DeviceID, at site: SiteID?, in line: inout LineContext
    ) throws {
        let transaction = try line.transaction()
        guard try devices.maySpeak(speaker, for: device, in: transaction) else {
            throw Refusal(.forbidden, "\(speaker) may not speak for \(device).")
        }
        guard let site else { return }
        guard try devices.site(of: speaker, in: transaction) == site else {
            throw Refusal(.forbidden, "\(speaker) may not speak for \(device).")
        }
    }

    @usableFromInline
    func checkKeyless(_ device: DeviceID, at site: SiteID?, in line: inout LineContext) throws {
        switch keyless {
        case .refused(let reason): throw Refusal(.forbidden, reason)
        case .maySpeak:
            // A device that was added under its name at another site is another one.
            if let other = try devices.site(of: device, in: try line.transaction()), site == nil || other == site {
                throw Refusal(.forbidden, "\(device) has a key of its own to show.")
            }
        }
    }
}
