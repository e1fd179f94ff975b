internal import HubModel

/// The broker's and the line's figures at one moment.
public struct BrokerFigures: Sendable {
    /// Open connections.
    public var connections = 0
    /// Sessions, connected or kept.
    public var sessions = 0
    /// Subscriptions of all sessions.
    public var subscriptions = 0
    /// Retained messages.
    public var retained = 0
    /// PUBLISH packets from clients since the start.
    public var messagesReceived: Int64 = 0
    /// PUBLISH packets to clients since the start.
    public var messagesSent: Int64 = 0
    /// Bytes from clients since the start.
    public var bytesReceived: Int64 = 0
    /// Bytes to clients since the start.
    public var bytesSent: Int64 = 0
    /// Messages that were not delivered because a limit was reached, since the start.
    public var messagesDropped: Int64 = 0
    /// Messages that were refused, by the broker or by the line, since the start.
    public var messagesRefused: Int64 = 0
    /// Items that the line has stored since the start.
    public var stored: Int64 = 0
    /// Batches that the line has committed since the start.
    public var batches: Int64 = 0
    /// Items that wait for the writer.
    public var queueDepth = 0
    /// Most items that may wait.
    public var queueLimit = 0
    /// Half of the last commits took at most so many microseconds.
    public var commitMedian: Int64 = 0
    /// 99 of 100 of the last commits took at most so many microseconds.
    public var commitP99: Int64 = 0

    /// All zero.
    public init() {}
}

/// Figures with the rates since the sample before.
struct BrokerSample: Sendable {
    let at: Timestamp
    let figures: BrokerFigures
    /// PUBLISH packets from clients a second.
    let messagesPerSecond: Double
    /// Items stored a second.
    let storedPerSecond: Double
    /// Items of the average batch since the sample before; 0 without batches.
    let meanBatchSize: Double

    init(_ figures: BrokerFigures, at now: Timestamp, after previous: BrokerSample?) {
        at = now
        self.figures = figures
        guard let previous, now > previous.at else {
            messagesPerSecond = 0
            storedPerSecond = 0
            meanBatchSize = 0
            return
        }
        let seconds = Double(now.microseconds(since: previous.at)) / 1e6
        let stored = Double(figures.stored - previous.figures.stored)
        let batches = Double(figures.batches - previous.figures.batches)
        messagesPerSecond = Double(figures.messagesReceived - previous.figures.messagesReceived) / seconds
        storedPerSecond = stored / seconds
        meanBatchSize = batches > 0 ? stored / batches : 0
    }
}

/// The samples of the last 15 minutes, one every two seconds.
struct BrokerHistory: Sendable {
    /// Seconds between two samples.
    static let interval: Int64 = 2
    private static let capacity = 450

    private(set) var samples: [BrokerSample] = []

    var newest: BrokerSample? { samples.last }

    mutating func take(_ figures: BrokerFigures, at now: Timestamp) {
        if samples.count == BrokerHistory.capacity { samples.removeFirst() }
        samples.append(BrokerSample(figures, at: now, after: samples.last))
    }
}
