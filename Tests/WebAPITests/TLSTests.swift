import Foundation
import NIOCore
import NIOSSL
import Testing
import Transport
import WebAPI

@Suite struct TLSTests {
    typealias Encrypt = @Sendable (any Channel) throws -> Void

    /// Runs a server with a plain and an encrypted address.
    func run(_ limits: WebLimits = WebLimits(), _ body: @Sendable (TestServer, @escaping Encrypt) async throws -> Void)
        async throws
    {
        let folder = FileManager.default.temporaryDirectory.appending(path: "martlet-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = TLSFiles(
            certificateChain: folder.appending(path: "cert.pem").path,
            privateKey: folder.appending(path: "key.pem").path)
        try Data(TLSTests.certificate.utf8).write(to: URL(filePath: files.certificateChain))
        try Data(TLSTests.key.utf8).write(to: URL(filePath: files.privateKey))
        let tls = try ServerTLS(files, applicationProtocols: ["http/1.1"])
        var client = TLSConfiguration.makeClientConfiguration()
        client.trustRoots = .certificates(
            try NIOSSLCertificate.fromPEMBytes(Array(TLSTests.certificate.utf8)))
        client.certificateVerification = .noHostnameVerification
        let context = try NIOSSLContext(configuration: client)
        let listeners = [
            WebListener(host: "127.0.0.1", port: 0), WebListener(host: "127.0.0.1", port: 0, tls: tls),
        ]
        try await TestServer.run(
            routes: AccessTests.routes, limits: limits, gate: FakeGate(), listeners: listeners
        ) { server in
            try await body(server) { channel in
                try channel.pipeline.syncOperations.addHandler(
                    try NIOSSLClientHandler(context: context, serverHostname: nil))
            }
        }
    }

    @Test func `one server speaks plainly on one address and encrypted on another`() async throws {
        try await run { server, encrypt in
            try await RawClient.connect(server.ports[1], prepare: encrypt) { (client: inout RawClient) async throws in
                let answer = try await client.request("GET", "/api/any")
                #expect(answer.members["secure"] == "true")
                // Under a name that stands for every machine, a browser is not told to stay with TLS.
                #expect(answer.headers["strict-transport-security"] == nil)
                let refused = try await client.request("GET", "/api/own")
                #expect(refused.status == 401)
                // The end of an answer behind which the connection ends arrives.
                let last = try await client.request("POST", "/api/own", headers: ["Content-Length: 9999999"])
                #expect(last.status == 401 && last.headers["connection"] == "close")
            }
            let plain = try await server.ask("GET", "/api/any")
            #expect(plain.members["secure"] == "false")
            // A page over TLS has a socket over TLS.
            try await RawClient.connect(server.ports[1], prepare: encrypt) { (page: inout RawClient) async throws in
                let headers = ["Cookie: martlet_access_t=guest", "Origin: https://localhost"]
                #expect(try await page.upgrade(headers: RawClient.upgradeHeaders + headers).status == 101)
                #expect(try await page.frame().text.contains("hello"))
            }
            // Plain text at the encrypted address is not answered.
            await #expect(throws: (any Error).self) {
                try await RawClient.connect(server.ports[1]) { try await $0.request("GET", "/health") }
            }
        }
    }

    @Test func `a handshake that does not come to its end is not waited for`() async throws {
        try await run(WebLimits(headTimeout: .seconds(2))) { server, _ in
            try await RawClient.connect(server.ports[1]) { (client: inout RawClient) async throws in
                // On a machine that is busy the server may have hung up before.
                try? await client.send([0x16, 0x03, 0x01])
                #expect(await client.reachesEnd())
            }
        }
    }

    /// A certificate for localhost, made for this test and used nowhere else; it signs itself and lasts a hundred years.
    private static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBmzCCAUGgAwIBAgIUA2BAHM26hTGAiDuo4PgmSSB0vbswCgYIKoZIzj0EAwIw
        FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTEyMzYwNVoYDzIxMjYxMDI4
        MTIzNjA1WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
        PQMBBwNCAAQTsXQRPBMECsrlbasAdqjUM9B0Cqy99o2QUA6n1MdBP/2G0JZtV7fd
        wlnGs8CFqtqvO8lWN/W79frbT87FsJpYo28wbTAdBgNVHQ4EFgQUJHat1lG1+QJC
        ulG+AG8144U3IoowHwYDVR0jBBgwFoAUJHat1lG1+QJCulG+AG8144U3IoowDwYD
        VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
        zj0EAwIDSAAwRQIhAK9aFXF5WgOCmMhCK0dVr32zJWtDnouPr9C51WANFK7xAiBh
        cL8wq6IGOulN5ZwI937iaxDurHtzxfU3W8o7kz158g==
        -----END CERTIFICATE-----

        """

    private static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgzLHGYEJUKRsiEzo6
        flpqbeUh0zZ1hv0RYFpjLvz3ihWhRANCAAQTsXQRPBMECsrlbasAdqjUM9B0Cqy9
        9o2QUA6n1MdBP/2G0JZtV7fdwlnGs8CFqtqvO8lWN/W79frbT87FsJpY
        -----END PRIVATE KEY-----

        """
}
