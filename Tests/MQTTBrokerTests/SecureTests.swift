import Foundation
import MQTTBroker
import MQTTCodec
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import TestCertificates
import Testing
import Transport

/// MQTT over TLS.
struct SecureTests {
    @Test("over TLS, and with a certificate: the authenticator sees whose it is; both speak to a client in the plain")
    func certificate() async throws {
        let files = try Certificates()
        let attempts = Attempts()
        var configuration = BrokerConfiguration()
        configuration.listeners = [
            ListenerConfiguration(port: 0),
            ListenerConfiguration(port: 0, tls: try files.tls()),
        ]
        try await withBroker(configuration, authenticator: attempts) { broker, _ in
            let plain = try await Wire.connect(port: broker.ports[0])
            try await plain.open("plain")
            try await plain.send(
                .subscribe(
                    Subscribe(
                        packetIdentifier: .first,
                        subscriptions: [Subscription(filter: filter("t"), maximumQoS: .atLeastOnce)])))
            let suback = try await plain.next()
            #expect(suback?.type == .suback)
            let bare = try await Wire.connect(port: broker.ports[1], tls: files.client(withCertificate: false))
            try await bare.open("bare")
            let device = try await Wire.connect(port: broker.ports[1], tls: files.client(withCertificate: true))
            try await device.open("device")
            let payload = [UInt8](repeating: 7, count: 200_000)
            for (number, wire) in [bare, device].enumerated() {
                try await wire.send(
                    .publish(
                        Publish(
                            topic: topic("t"), payload: payload, qos: .atLeastOnce,
                            packetIdentifier: id(UInt16(number + 1)))))
                let acknowledged = try await wire.next()
                #expect(acknowledged == .puback(answer(UInt16(number + 1))))
                let message = try await plain.next()
                #expect(message?.type == .publish)
            }
            #expect(attempts.seen["plain"] == Attempts.Facts(name: nil, isSecure: false))
            #expect(attempts.seen["bare"] == Attempts.Facts(name: nil, isSecure: true))
            #expect(attempts.seen["device"] == Attempts.Facts(name: "device-1 2a", isSecure: true))
            // An owner that is sent away hears why over TLS as well.
            broker.disconnect(owner: "device", reason: .notAuthorized)
            let goodbye = try await device.next()
            let end = try await device.next()
            #expect(goodbye == .disconnect(Disconnect(reason: .notAuthorized)))
            #expect(end == nil)
        }
    }

    @Test("connections that shake hands for ever are cut like silent ones, and do not wait for a farewell")
    func handshakes() async throws {
        let files = try Certificates()
        var configuration = BrokerConfiguration()
        configuration.listeners = [ListenerConfiguration(port: 0, tls: try files.tls())]
        configuration.limits.unadmittedConnections = 5
        try await withBroker(configuration) { broker, _ in
            var silent: [Wire] = []
            for _ in 0..<20 {
                let wire = try await Wire.connect(port: broker.port)
                try await wire.send(bytes: [0x16, 0x03, 0x01])
                silent.append(wire)
            }
            let device = try await Wire.connect(port: broker.port, tls: files.client(withCertificate: true))
            try await device.open("device")
            let end = try await silent[0].next()
            #expect(end == nil)
            try await eventually("only a few are left") { broker.statistics.connections <= 6 }
            for wire in silent { await wire.close() }
        }
    }
}

/// Accepts everybody, as the owner that its client identifier names, and remembers what it was shown.
private final class Attempts: BrokerAuthenticator {
    struct Facts: Equatable {
        let name: String?
        let isSecure: Bool
    }

    private let facts = Mutex<[String: Facts]>([:])

    var seen: [String: Facts] { facts.withLock { $0 } }

    func authenticate(_ attempt: ConnectAttempt) async -> AuthenticationDecision {
        let name = attempt.certificate.map { "\($0.commonName ?? "") \($0.serialNumber)" }
        let identifier = attempt.clientIdentifier.description
        facts.withLock { $0[identifier] = Facts(name: name, isSecure: attempt.isSecure) }
        return .accepted(AcceptedClient(userName: nil, owner: identifier))
    }
}

/// One authority, a server and a device.
private struct Certificates {
    private let authority: TestAuthority

    init() throws {
        authority = try TestAuthority()
        try authority.issue("server", subject: "/CN=localhost", serial: "1")
        try authority.issue("device", subject: "/CN=device-1", serial: "42")
    }

    private func path(_ name: String) -> String { authority.path(name) }

    func tls() throws -> ServerTLS {
        try ServerTLS(
            TLSFiles(
                certificateChain: path("server.pem"), privateKey: path("server.key"), clientAuthorities: path("ca.pem")),
            handshakeTimeout: .seconds(120))
    }

    func client(withCertificate: Bool) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .file(path("ca.pem"))
        configuration.certificateVerification = .noHostnameVerification
        if withCertificate {
            configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(path("device.pem")).map {
                .certificate($0)
            }
            configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: path("device.key"), format: .pem))
        }
        return try NIOSSLContext(configuration: configuration)
    }
}
