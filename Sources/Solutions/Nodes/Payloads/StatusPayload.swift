internal import HubModel
internal import SolutionKit

/// What a node says of itself, and of a command: health and acknowledgements, in the spellings that are in use.
struct StatusPayload {
    /// The node's id as the payload spells it.
    private(set) var nodeID: String?
    /// The time that the node claims.
    private(set) var claimed: Timestamp?
    private(set) var uptime: ReadingValue?
    private(set) var rssi: ReadingValue?
    private(set) var heap: ReadingValue?
    private(set) var firmware: String?
    /// The word of its health, such as `online`, in small letters; not that of an answer.
    private(set) var word: String?
    /// What it says of a command.
    private(set) var answer: CommandAnswer?

    /// Reads a payload: an object, or the bare word that is customary as a last will.
    /// - Throws: `malformed_json`, `wrong_type`, `duplicate_key`, `value_out_of_range`, `too_large`.
    init(_ bytes: [UInt8], of name: NodeName) throws(Refusal) {
        if let word = StatusPayload.bareWord(bytes) {
            self.word = word
            return
        }
        var reader = JSONReader(bytes)
        var said = Said()
        try said.read(&reader, of: name)
        try reader.endOfPayload()
        nodeID = said.nodeID
        claimed = said.claimed
        uptime = said.uptime.value
        rssi = said.rssi.value
        heap = said.heap.value
        firmware = said.firmware.value
        answer = try CommandAnswer(said)
        word = answer == nil ? said.statusWord ?? said.stateWord : nil
    }

    /// The health as the fields of a reading, under one name each, whatever the node's spelling.
    var healthFields: [ReadingField] {
        var fields: [ReadingField] = []
        if let word { fields.append(ReadingField("status", .text(word))) }
        if let uptime { fields.append(ReadingField("uptime", uptime)) }
        if let rssi { fields.append(ReadingField("wifi_rssi", rssi)) }
        if let heap { fields.append(ReadingField("free_heap", heap)) }
        if let firmware { fields.append(ReadingField("firmware", .text(firmware))) }
        return fields
    }

    private static func bareWord(_ bytes: [UInt8]) -> String? {
        guard bytes.count <= 32 else { return nil }
        let padding: [UInt8] = [0x00, 0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: "\"")]
        let text = String(decoding: bytes.filter { !padding.contains($0) }, as: UTF8.self).lowercased()
        return text == "online" || text == "offline" ? text : nil
    }
}

/// The members of a status message as they stand there.
struct Said {
    /// A value that has several spellings: the one that comes first in the list of spellings counts.
    struct Preferred<Value> {
        private(set) var value: Value?
        private var rank = Int.max

        mutating func offer(_ value: Value?, rank: Int) {
            guard let value, rank < self.rank else { return }
            self.value = value
            self.rank = rank
        }
    }

    var nodeID: String?
    var claimed: Timestamp?
    var uptime = Preferred<ReadingValue>()
    var rssi = Preferred<ReadingValue>()
    var heap = Preferred<ReadingValue>()
    var firmware = Preferred<String>()
    var statusWord: String?
    var stateWord: String?
    var commandID: String?
    /// `id`, where it does not name the node.
    var otherID: String?
    var command: String?
    /// JSON as text.
    var result: String?
    var error = Preferred<String>()

    mutating func read(_ reader: inout JSONReader, of name: NodeName) throws(Refusal) {
        var keys = SeenKeys(limit: 64)
        try reader.object { (key, reader) throws(Refusal) in
            try keys.note(key)
            switch key {
            case "node_id": nodeID = try reader.optionalText("node_id", maximumBytes: 64)
            case "timestamp": claimed = try reader.claimedTime()
            case "uptime": uptime.offer(try reader.optionalQuantity("uptime").map(ReadingValue.init), rank: 0)
            case "uptime_seconds": uptime.offer(try reader.optionalQuantity("uptime").map(ReadingValue.init), rank: 1)
            case "wifi_rssi": rssi.offer(try reader.optionalQuantity("wifi_rssi").map(ReadingValue.init), rank: 0)
            case "rssi": rssi.offer(try reader.optionalQuantity("rssi").map(ReadingValue.init), rank: 1)
            case "free_heap": heap.offer(try reader.optionalQuantity("free_heap").map(ReadingValue.init), rank: 0)
            case "heap": heap.offer(try reader.optionalQuantity("heap").map(ReadingValue.init), rank: 1)
            case "firmware": firmware.offer(try reader.version(), rank: 0)
            case "fw": firmware.offer(try reader.version(), rank: 1)
            case "version": firmware.offer(try reader.version(), rank: 2)
            case "status": statusWord = try reader.word("status")
            case "state": stateWord = try reader.looseWord()
            case "command_id": commandID = try reader.optionalText("command_id", maximumBytes: 64)
            case "id":
                let id = try reader.looseWord(isLowercased: false)
                if let id, !name.isSpelled(id) { otherID = id }
            case "command": command = try reader.looseWord(isLowercased: false)
            case "result": result = try reader.commandResult()
            case "error": error.offer(try reader.commandError(), rank: 0)
            case "message": error.offer(try reader.commandError(), rank: 1)
            default: try reader.skip()
            }
        }
    }
}

extension JSONReader {
    /// Reads a version: a text, or a number as it stands.
    fileprivate mutating func version() throws(Refusal) -> String? {
        guard try peek() == .number else { return try optionalText("firmware", maximumBytes: 64) }
        let digits = try rawValue()
        guard digits.count <= 64 else { throw Refusal(.valueOutOfRange, "A version is longer than 64 bytes.") }
        return String(decoding: digits, as: UTF8.self)
    }

    /// Reads a word; case does not matter.
    fileprivate mutating func word(_ name: StaticString) throws(Refusal) -> String? {
        try optionalText(name, maximumBytes: 64)?.lowercased()
    }

    /// Reads a word where nodes also put other things, which are no mistake and mean nothing here.
    fileprivate mutating func looseWord(isLowercased: Bool = true) throws(Refusal) -> String? {
        guard try peek() == .string else {
            try skip()
            return nil
        }
        let text = try text(maximumBytes: 64)
        return isLowercased ? text.lowercased() : text
    }
}
