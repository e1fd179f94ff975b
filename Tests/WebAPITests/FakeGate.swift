import HubModel
import SolutionKit
import Synchronization

/// A gate that knows a few people and devices by heart.
///
/// Bearer tokens: `admin`, `guest` (sees the system at the main site), `nobody` (no rights), `slow` (over its rate),
/// `broken` (the gate itself fails). The cookie knows `admin` and `guest`, the devices are `node_01` with `key` and
/// `node_02` with `key`, which is pending. Boards that show nothing are let in from loopback.
final class FakeGate: RequestGate {
    private struct State {
        var admitted: [String?] = []
        var asked = 0
        var looks = 0
        var unwelcome: Set<String> = []
        var isClosed = false
        var forgotten: Set<String> = []
        var granted: [String: Grants] = [:]
        var aside: [(report: String, topic: [String])] = []
        var refused: [RefusedRequest] = []
    }

    struct Broken: Error {}

    let accessCookie = "martlet_access_t"
    private let isOpen: Bool
    private let state = Mutex(State())

    /// With `isOpen`, whoever shows nothing may do everything.
    init(isOpen: Bool = false) {
        self.isOpen = isOpen
    }

    /// The addresses that wanted to pass.
    var admitted: [String?] { state.withLock { $0.admitted } }
    /// How often it was asked who somebody is.
    var asked: Int { state.withLock { $0.asked } }

    /// How often it was asked who may not stay.
    var looks: Int { state.withLock { $0.looks } }

    /// What was to be kept of devices that wait.
    var aside: [(report: String, topic: [String])] { state.withLock { $0.aside } }

    /// From now on these accounts may not be here any more.
    func dismiss(_ accounts: Set<String>) {
        state.withLock { $0.unwelcome = accounts }
    }

    /// From now on nobody knows these tokens, devices and links.
    func forget(_ tokens: Set<String>) {
        state.withLock { $0.forgotten = tokens }
    }

    /// From now on a person has these rights, and no others.
    func grant(_ grants: Grants, to name: String) {
        state.withLock { $0.granted[name] = grants }
    }

    /// From now on no address passes.
    func close() {
        state.withLock { $0.isClosed = true }
    }

    func admit(address: String?, at instant: Timestamp) throws(Refusal) {
        let isClosed = state.withLock { state in
            state.admitted.append(address)
            return state.isClosed
        }
        if isClosed { throw Refusal(.tooManyRequests, "Slower.", retryAfterSeconds: 7) }
    }

    func caller(_ credentials: RequestCredentials) async throws -> Caller {
        state.withLock { $0.asked += 1 }
        let address = credentials.transport.address
        switch credentials.kind {
        case .none where isOpen: return Caller(.open, grants: Grants(everywhere: .all), address: address)
        case .none: return Caller(.anonymous, address: address)
        case .bearer("slow"): throw Refusal(.tooManyRequests, "Slower.", retryAfterSeconds: 3)
        case .bearer("broken"): throw Broken()
        case .bearer(let name), .cookie(let name):
            let (isForgotten, granted) = state.withLock { ($0.forgotten.contains(name), $0.granted[name]) }
            guard !isForgotten, let grants = granted ?? FakeGate.people[name] else { break }
            return Caller(.person(account: name, name: name, session: name), grants: grants, address: address)
        case .device("node_01", key: "key"):
            guard !state.withLock({ $0.forgotten.contains("node_01") }), let device = DeviceID("node_01") else { break }
            return Caller(.device(device, .node, site: .main), address: address)
        case .device("node_02", key: "key"): throw Refusal(.devicePending, "Wait.")
        case .link("mlk_good", let kind):
            guard !state.withLock({ $0.forgotten.contains("mlk_good") }) else { throw RouteAccess.noSuchLink }
            guard let device = DeviceID("node_01") else { break }
            return Caller(.link(LinkGrant(id: "l1", kind: kind, device: device, site: .main)), address: address)
        case .link: throw RouteAccess.noSuchLink
        case .device, .unknown: break
        }
        throw Refusal(.notSignedIn, "Sign in again.")
    }

    /// Boards, from loopback.
    func admitsKeyless(_ kind: DeviceKind, from address: String?) -> Bool { kind == .board && address == "127.0.0.1" }

    func setAside(_ report: [UInt8], topic: [String], of credentials: RequestCredentials) async throws {
        state.withLock { $0.aside.append((String(decoding: report, as: UTF8.self), topic)) }
    }

    func unwelcome(among callers: Set<Caller>) async -> Set<Caller> {
        let accounts = state.withLock { state in
            state.looks += 1
            return state.unwelcome
        }
        return callers.filter { $0.account.map(accounts.contains) ?? false }
    }

    /// What it heard of that was refused.
    var refused: [RefusedRequest] { state.withLock { $0.refused } }

    func note(_ refused: RefusedRequest) async {
        state.withLock { $0.refused.append(refused) }
    }

    private static let people: [String: Grants] = [
        "admin": Grants(everywhere: .all),
        "guest": Grants(sites: [.main: [.viewSystem, .viewNodes]]),
        "nobody": Grants(),
    ]
}
