import HubModel

/// JSON as a tree, made by chance, written and read back.
indirect enum JSONTree: Equatable {
    case object([Member])
    case array([JSONTree])
    case string(String)
    case integer(Int64)
    case decimal(ScaledDecimal)
    case double(Double)
    case boolean(Bool)
    case null

    struct Member: Equatable {
        var key: String
        var value: JSONTree
    }

    init(_ reader: inout JSONReader) throws(Refusal) {
        switch try reader.peek() {
        case .object:
            var members: [Member] = []
            try reader.object { (key, reader) throws(Refusal) in
                members.append(Member(key: key, value: try JSONTree(&reader)))
            }
            self = .object(members)
        case .array:
            var elements: [JSONTree] = []
            try reader.array { (reader) throws(Refusal) in elements.append(try JSONTree(&reader)) }
            self = .array(elements)
        case .string: self = .string(try reader.string())
        case .number:
            switch try reader.number() {
            case .decimal(let value) where value.scale == 0: self = .integer(value.mantissa)
            case .decimal(let value): self = .decimal(value)
            case .double(let value): self = .double(value)
            }
        case .boolean: self = .boolean(try reader.boolean())
        case .null:
            _ = try reader.null()
            self = .null
        }
    }

    static func read(_ bytes: [UInt8]) throws(Refusal) -> JSONTree {
        var reader = JSONReader(bytes)
        let tree = try JSONTree(&reader)
        try reader.end()
        return tree
    }

    func write(to writer: inout JSONWriter) {
        switch self {
        case .object(let members):
            writer.object { writer in
                for member in members {
                    writer.member(member.key) { member.value.write(to: &$0) }
                }
            }
        case .array(let elements):
            writer.array { writer in
                for element in elements { element.write(to: &writer) }
            }
        case .string(let text): writer.string(text)
        case .integer(let number): writer.integer(number)
        case .decimal(let number): writer.decimal(number)
        case .double(let number): writer.double(number)
        case .boolean(let flag): writer.boolean(flag)
        case .null: writer.null()
        }
    }

    var bytes: [UInt8] {
        var writer = JSONWriter()
        write(to: &writer)
        return writer.bytes
    }

    static func random(_ dice: inout Dice, depth: Int) -> JSONTree {
        switch dice.below(depth > 0 ? 9 : 7) {
        case 0: return .string(randomText(&dice))
        case 1: return .integer(Int64(truncatingIfNeeded: dice.next() >> dice.below(64)))
        case 2:
            let mantissa = Int64(truncatingIfNeeded: dice.next() >> UInt64(1 + dice.below(63)))
            // No minus zero, and what reads back as an integer has scale 0.
            return .decimal(ScaledDecimal(mantissa: max(1, mantissa), scale: UInt8(1 + dice.below(18))))
        case 3: return .boolean(dice.below(2) == 0)
        case 4: return .null
        case 5: return .string("")
        case 6: return .integer(-1)
        case 7: return .array((0..<dice.below(5)).map { _ in random(&dice, depth: depth - 1) })
        default:
            return .object(
                (0..<dice.below(5)).map { _ in Member(key: randomText(&dice), value: random(&dice, depth: depth - 1)) })
        }
    }

    static func randomText(_ dice: inout Dice) -> String {
        var text = ""
        for _ in 0..<dice.below(12) {
            let bound: UInt32 = [0x80, 0x80, 0x800, 0x11_0000][dice.below(4)]
            if let scalar = Unicode.Scalar(UInt32.random(in: 0..<bound, using: &dice)) {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
