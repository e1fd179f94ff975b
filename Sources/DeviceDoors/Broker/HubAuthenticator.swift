internal import HubModel
public import MQTTBroker
internal import MQTTCodec
internal import Transport
public import Trust

/// Lets clients of the broker in: devices, devices that wait to be approved, and people's programs.
public struct HubAuthenticator: BrokerAuthenticator {
    private enum Door {
        case open
        case closed(DeviceAdmission)
    }

    private let door: Door
    private let refusals: DoorRefusals?
    /// What a waiting device may send: enough for a sensor, not for a flood.
    private static let pendingRate = MessageRate(perSecond: 5, burst: 50)

    private init(_ door: Door, refusals: DoorRefusals? = nil) {
        self.door = door
        self.refusals = refusals
    }

    /// Lets in whom the admission lets in.
    /// - Parameter refusals: told of devices that are not let in.
    public init(admission: DeviceAdmission, refusals: DoorRefusals? = nil) {
        self.init(.closed(admission), refusals: refusals)
    }

    /// Lets everybody in, who then may do everything: `--open`.
    public static let open = HubAuthenticator(.open)

    /// Decides about one client.
    public func authenticate(_ attempt: ConnectAttempt) async -> AuthenticationDecision {
        guard case .closed(let admission) = door else { return .accepted(userName: attempt.userName?.description) }
        let shown = DeviceAttempt(
            userName: attempt.userName?.description, clientID: attempt.clientIdentifier.description,
            password: attempt.password,
            certificate: attempt.certificate.map {
                DeviceAttempt.Certificate(
                    commonName: $0.commonName, dnsNames: $0.dnsNames, serial: $0.serialNumber)
            }, address: LineLedger.host(attempt.remoteAddress), isSecure: attempt.isSecure)
        switch await admission.admit(shown) {
        case .device(let device, let grants):
            return .accepted(
                AcceptedClient(
                    userName: device.text, owner: ConnectionOwner.device(device), generation: grants.generation,
                    rights: ClientRights(grants)))
        case .pending(let device):
            return .accepted(
                AcceptedClient(
                    userName: device.text, owner: ConnectionOwner.pending(device),
                    rights: ClientRights(
                        publish: [], subscribe: [], isSetAside: true, messageRate: HubAuthenticator.pendingRate,
                        // It may hear nothing, so nothing has to wait for it, and what is nobody's yet is not kept.
                        sessionExpiry: 0)))
        case .keyless(let grants):
            return .accepted(
                AcceptedClient(
                    userName: nil, owner: ConnectionOwner.keyless, countsByAddress: true, rights: ClientRights(grants)))
        case .program(let name, let token, let account, let grants):
            // A new token goes on where the old one was.
            return .accepted(
                AcceptedClient(
                    userName: name, owner: ConnectionOwner.program(token: token),
                    sessionOwner: ConnectionOwner.account(account), rights: ClientRights(grants)))
        case .refused(let refusal):
            if let name = DeviceID(shown.userName ?? shown.clientID) {
                refusals?.note(admission.deviceRights.candidates(name), refusal)
            }
            return .refused(refusal.code.connectReason)
        }
    }

    /// What somebody may do now who was let in before a restart and is not there: by whose connection it was.
    public func standing(of client: ConnectedClient) async -> ClientStanding {
        guard case .closed(let admission) = door else {
            return .accepted(AcceptedClient(userName: client.userName))
        }
        guard let owner = client.owner else { return .gone }
        do {
            let address = LineLedger.host(client.remoteAddress)
            guard let grants = try await admission.grants(ofAbsent: owner, address: address) else { return .gone }
            return .accepted(
                AcceptedClient(
                    userName: client.userName, owner: owner, sessionOwner: client.sessionOwner,
                    generation: grants.generation, rights: ClientRights(grants)))
        } catch {
            return .notKnown
        }
    }
}

extension ClientRights {
    /// Grants in the broker's form. What is no filter comes from a solution's mistake and grants nothing.
    convenience init(_ grants: TopicGrants) {
        self.init(
            publish: grants.publish.compactMap { try? TopicFilter($0) },
            subscribe: grants.subscribe.compactMap { try? TopicFilter($0) }, revision: grants.revision)
    }
}

extension RefusalCode {
    /// The reason code that says the same in CONNACK (MQTT 5, 3.2.2.2).
    fileprivate var connectReason: ReasonCode {
        switch self {
        case .badCredentials, .notSignedIn: .badUserNameOrPassword
        case .tooManyRequests: .connectionRateExceeded
        case .limitReached: .quotaExceeded
        case .overloaded: .serverBusy
        case .stopping, .storageUnavailable, .internalFailure: .serverUnavailable
        default: .notAuthorized
        }
    }
}
