/// Numbers that are the same with each run of the tests.
struct Chance: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

    /// SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A body in chunks of 0 to 12 bytes.
    mutating func cut(_ body: [UInt8]) -> [ArraySlice<UInt8>] {
        var chunks: [ArraySlice<UInt8>] = []
        var rest = body[...]
        while !rest.isEmpty {
            let count = Int.random(in: 0...12, using: &self)
            chunks.append(rest.prefix(count))
            rest = rest.dropFirst(count)
        }
        return chunks
    }

    /// A name as nobody should choose it. No percent sign and no backslash, which browsers do not escape.
    mutating func text() -> String {
        let letters = Array("ab \"\r\n;=':/é€\t")
        return String(
            (0..<Int.random(in: 0...8, using: &self)).map { _ in
                letters.randomElement(using: &self) ?? "a"
            })
    }
}
