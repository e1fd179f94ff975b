/// Why a certificate could not be made or read. None of these texts holds a key.
public enum CertificateFailure: Error, Hashable, Sendable {
    /// A file is there already; certificates and keys are never overwritten.
    case alreadyThere(path: String)
    /// A file that is needed is not there.
    case missing(path: String)
    /// A file cannot be read or written.
    case inaccessible(path: String, reason: String)
    /// A key file may be read by other users of the machine.
    case exposedKey(path: String)
    /// A file does not hold what it should.
    case unusable(path: String, reason: String)
    /// A certificate signing request that cannot be granted.
    case badRequest(String)
    /// A name that cannot be in a certificate.
    case badName(String)
    /// A validity that is out of range.
    case badValidity(String)
}

extension CertificateFailure: CustomStringConvertible {
    /// One sentence for a person.
    public var description: String {
        switch self {
        case .alreadyThere(let path): "\(path) is there already and is not overwritten"
        case .missing(let path): "\(path) is not there"
        case .inaccessible(let path, let reason): "\(path): \(reason)"
        case .exposedKey(let path): "other users may read \(path); its mode must be 0600"
        case .unusable(let path, let reason): "\(path) cannot be used: \(reason)"
        case .badRequest(let reason): "the signing request cannot be granted: \(reason)"
        case .badName(let reason), .badValidity(let reason): reason
        }
    }
}
