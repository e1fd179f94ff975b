internal import Foundation
internal import HubModel
internal import SolutionKit

/// The system refused something that has to do with a file of the shelf.
public struct BlobFailure: Error, CustomStringConvertible {
    /// The system's number (`errno`).
    public let code: Int32
    /// What was tried.
    public let what: String

    /// The failure of a call that has just returned.
    static func last(_ what: String) -> BlobFailure { BlobFailure(code: errno, what: what) }

    /// What failed and why.
    public var description: String { "\(what): \(String(cString: strerror(code)))" }

    /// Whether there is no room, or no disk that can be written to.
    var isOfStorage: Bool { [ENOSPC, EDQUOT, EROFS, EIO].contains(code) }
}

extension Error {
    /// What a client is told: that there is no room, where that is it; otherwise the error itself.
    var asAnswer: any Error {
        (self as? BlobFailure)?.isOfStorage == true ? Refusal.storageUnavailable : self
    }
}
