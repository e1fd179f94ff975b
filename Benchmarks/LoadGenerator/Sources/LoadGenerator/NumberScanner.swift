/// Finds the numbers of so many digits behind a key in a stream, whatever frames or packets are around them.
struct NumberScanner {
    private let key: [UInt8]
    private let count: Int
    private var matched = 0
    private var digits = 0
    private var value = 0

    init(key: String, digits count: Int = 10) {
        self.key = Array(key.utf8)
        self.count = count
    }

    mutating func read(_ bytes: ArraySlice<UInt8>, _ body: (Int) -> Void) {
        for byte in bytes {
            if matched == key.count {
                if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
                    value = value * 10 + Int(byte - UInt8(ascii: "0"))
                    digits += 1
                    if digits < count { continue }
                    body(value)
                }
                (matched, digits, value) = (0, 0, 0)
            } else {
                // The key repeats nothing of its own beginning but the quotation mark.
                matched = byte == key[matched] ? matched + 1 : byte == key[0] ? 1 : 0
            }
        }
    }
}
