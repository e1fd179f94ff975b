/// How a batch of messages fared.
public struct PublishSummary: Sendable, Hashable {
    /// QoS 1 and 2 acknowledged with success, and QoS 0 handed to the connection.
    public internal(set) var succeeded = 0
    /// Refused or given up.
    public internal(set) var failed = 0
    /// Why the first of them failed.
    public internal(set) var firstFailure: MQTTClientError?
}
