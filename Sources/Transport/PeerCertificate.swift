/// What is known of a peer by the certificate it showed and proved to own, once the TLS handshake is done.
///
/// The broker and the HTTP server hand it on as it is: whether its names stand for a device is not decided here.
public struct PeerCertificate: Sendable, Hashable {
    /// The common name of the subject; nil if it has none, or more than one.
    public let commonName: String?
    /// The DNS names among the subject's alternative names, in the certificate's order.
    public let dnsNames: [String]
    /// The serial number as lower-case hexadecimal digits, two for each byte, without leading zero bytes.
    public let serialNumber: String

    /// A certificate with these facts.
    public init(commonName: String?, dnsNames: [String] = [], serialNumber: String) {
        self.commonName = commonName
        self.dnsNames = dnsNames
        self.serialNumber = serialNumber
    }
}
