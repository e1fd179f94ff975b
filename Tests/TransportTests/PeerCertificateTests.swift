import TestCertificates
import Testing
import Transport

struct PeerCertificateTests {
    @Test("common name, DNS names and serial of a certificate")
    func facts() throws {
        let authority = try TestAuthority()
        try authority.issue(
            "a", subject: "/O=Somebody/CN=sensor-ä", dnsNames: ["a.example", "b.example"], serial: "0x00f00a0001")
        let certificate = try #require(PeerCertificate(der: try authority.der("a")))
        #expect(certificate.commonName == "sensor-ä")
        #expect(certificate.dnsNames == ["a.example", "b.example"])
        #expect(certificate.serialNumber == "f00a0001")
    }

    @Test("two common names are as good as none, and none is none")
    func ambiguous() throws {
        let authority = try TestAuthority()
        try authority.issue("two", subject: "/CN=one/CN=two")
        try authority.issue("none", subject: "/O=Somebody")
        let two = try #require(PeerCertificate(der: try authority.der("two")))
        let none = try #require(PeerCertificate(der: try authority.der("none")))
        #expect(two.commonName == nil)
        #expect(none.commonName == nil)
        #expect(none.serialNumber == "7f")
    }

    @Test("a certificate that is cut off, or changed anywhere, is read without harm")
    func broken() throws {
        let authority = try TestAuthority()
        try authority.issue("a", subject: "/CN=x", dnsNames: ["a.example"])
        let whole = try authority.der("a")
        for count in 0..<whole.count { #expect(PeerCertificate(der: Array(whole.prefix(count))) == nil) }
        #expect(PeerCertificate(der: whole) != nil)
        #expect(PeerCertificate(der: whole + [0]) == nil)
        for index in whole.indices {
            for bit in 0..<8 {
                var changed = whole
                changed[index] ^= 1 << bit
                _ = PeerCertificate(der: changed)
            }
        }
    }
}
