/// A value in eight bytes and a tag: what columns in memory are made of.
package struct Cell: Equatable, Sendable {
    /// What the word is: see the constants.
    var tag: UInt8
    /// A mantissa, a double's bits, or an index into the column's texts.
    var word: Int64

    static let null: UInt8 = 0
    /// A number with scale s has tag `exact + s`.
    static let exact: UInt8 = 1
    static let lastExact: UInt8 = exact + Value.maximumScale
    static let double: UInt8 = 20
    static let no: UInt8 = 21
    static let yes: UInt8 = 22
    static let text: UInt8 = 23
}

/// The kinds of values a column's codec tells apart.
enum Family: UInt8 {
    case exact = 0
    case double = 1
    case boolean = 2
    case text = 3
    /// Several of the others in one column; only in a chunk's header.
    case mixed = 4

    /// The family of a tag that is not null.
    init(tag: UInt8) {
        self =
            switch tag {
            case ...Cell.lastExact: .exact
            case Cell.double: .double
            case Cell.text: .text
            default: .boolean
            }
    }
}

/// The values of one field, row by row. It may be shorter than its block: the rows it lacks at the end are null.
package struct Column: Sendable {
    var tags: [UInt8] = []
    var words: [Int64] = []
    var texts: [String] = []

    var count: Int { tags.count }

    func tag(_ row: Int) -> UInt8 {
        row < tags.count ? tags[row] : Cell.null
    }

    /// Sets the value of the last row, which is `row`; rows left out before it are null.
    @inline(__always)
    package mutating func set(_ row: Int, _ cell: Cell) {
        if row < tags.count {
            tags[row] = cell.tag
            words[row] = cell.word
            return
        }
        while tags.count < row {
            tags.append(Cell.null)
            words.append(0)
        }
        tags.append(cell.tag)
        words.append(cell.word)
    }

    /// As `set`, for text. Devices repeat themselves: an equal text right before is shared.
    package mutating func set(_ row: Int, text: String) {
        if texts.last != text { texts.append(text) }
        set(row, Cell(tag: Cell.text, word: Int64(texts.count - 1)))
    }

    /// Copies a value from another column.
    mutating func copy(_ row: Int, from other: Column, _ otherRow: Int) {
        let tag = other.tag(otherRow)
        switch tag {
        case Cell.null: return
        case Cell.text: set(row, text: other.texts[Int(other.words[otherRow])])
        default: set(row, Cell(tag: tag, word: other.words[otherRow]))
        }
    }

    /// The value of a row, nil for null.
    package func value(_ row: Int) -> Value? {
        guard row < tags.count else { return nil }
        let word = words[row]
        switch tags[row] {
        case Cell.null: return nil
        case Cell.double: return .double(Double(bitPattern: UInt64(bitPattern: word)))
        case Cell.no: return .boolean(false)
        case Cell.yes: return .boolean(true)
        case Cell.text: return .text(texts[Int(word)])
        case let tag: return Value.decimal(mantissa: word, scale: tag - Cell.exact).normalized
        }
    }

    /// The rows of a range. Texts are shared with the whole.
    func slice(_ range: Range<Int>) -> Column {
        let inside = range.clamped(to: 0..<tags.count)
        return Column(tags: Array(tags[inside]), words: Array(words[inside]), texts: texts)
    }
}

extension Cell {
    /// A value as tag and word; text is kept apart.
    package init?(_ value: Value) {
        switch value {
        case .decimal(let mantissa, let scale): self.init(tag: Cell.exact + scale, word: mantissa)
        case .integer(let integer): self.init(tag: Cell.exact, word: integer)
        case .double(let double): self.init(tag: Cell.double, word: Int64(bitPattern: double.bitPattern))
        case .boolean(let flag): self.init(tag: flag ? Cell.yes : Cell.no, word: 0)
        case .text: return nil
        }
    }
}
