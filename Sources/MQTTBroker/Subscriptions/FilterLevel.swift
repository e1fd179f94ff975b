/// One level of a topic filter.
enum FilterLevel {
    /// `+`: any one level.
    case plus
    /// `#`: all that follows, and the parent itself.
    case hash
    /// A level by name.
    case name

    init(_ filter: [UInt8], _ range: Range<Int>) {
        guard range.count == 1 else {
            self = .name
            return
        }
        switch filter[range.lowerBound] {
        case UInt8(ascii: "+"): self = .plus
        case UInt8(ascii: "#"): self = .hash
        default: self = .name
        }
    }
}
