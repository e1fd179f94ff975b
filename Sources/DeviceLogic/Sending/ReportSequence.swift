/// What the receiver of numbered reports knows of their sender: the other half of `StoreAndForward`.
///
/// A sender counts its reports within each of its lives (`boot`), which begin at its starts. From that the receiver tells a report that is the
/// next one from one that comes late, one that it had before, and one that it cannot tell any more. It knows the last four lives, and of each
/// which of the newest 64 reports came. A value; nothing is allocated.
public struct ReportSequence: Sendable {
    /// What a report is to its receiver.
    public enum Verdict: Hashable, Sendable {
        /// The newest so far, after so many that did not come, or not yet; of a life that begins, none are missed.
        case next(missing: UInt32)
        /// The newest once more: its sender heard of no answer.
        case again
        /// An older one that did not come before.
        case late
        /// An older one that came before.
        case repeated
        /// So old that nobody knows whether it came before.
        case tooOld
    }

    /// How many lives are known.
    public static let lives = 4
    /// Of how many of the newest reports of a life it is known whether they came.
    public static let window: UInt32 = 64

    /// One life of a sender.
    public struct Life: Hashable, Sendable {
        /// Its name: a number that its sender has for no other.
        public let boot: UInt32
        /// Its newest report.
        public fileprivate(set) var newest: UInt32
        /// Which of the 64 up to the newest came: bit 0 is the newest.
        public fileprivate(set) var came: UInt64

        /// A life as it was kept.
        public init(boot: UInt32, newest: UInt32, came: UInt64) {
            self.boot = boot
            self.newest = newest
            self.came = came | 1
        }
    }

    private var known = InlineArray<4, Life>(repeating: Life(boot: 0, newest: 0, came: 0))
    /// How many lives are known, 0...4, the newest first.
    public private(set) var count = 0

    /// Nothing was received.
    public init() {}

    /// One of the known lives; 0 is the newest.
    public subscript(index: Int) -> Life {
        precondition(index < count, "There are not so many lives.")
        return known[index]
    }

    /// Adds a life as it was kept, older than those that are known; without effect where there is no place.
    public mutating func restore(_ life: Life) {
        guard count < ReportSequence.lives else { return }
        known[count] = life
        count += 1
    }

    /// Takes a report.
    public mutating func take(boot: UInt32, number: UInt32) -> Verdict {
        guard let index = index(of: boot) else {
            begin(Life(boot: boot, newest: number, came: 1))
            return .next(missing: 0)
        }
        var life = known[index]
        guard number <= life.newest else {
            let ahead = number - life.newest
            life.came = ahead < ReportSequence.window ? life.came << ahead | 1 : 1
            life.newest = number
            known[index] = life
            // What an earlier life still had to say is no news.
            return index == 0 ? .next(missing: ahead - 1) : .late
        }
        let behind = life.newest - number
        guard behind < ReportSequence.window else { return .tooOld }
        guard life.came & (1 << behind) == 0 else { return behind == 0 && index == 0 ? .again : .repeated }
        known[index].came |= 1 << behind
        return .late
    }

    private func index(of boot: UInt32) -> Int? {
        for index in 0..<count where known[index].boot == boot { return index }
        return nil
    }

    private mutating func begin(_ life: Life) {
        var index = min(count, ReportSequence.lives - 1)
        while index > 0 {
            known[index] = known[index - 1]
            index -= 1
        }
        known[0] = life
        count = min(count + 1, ReportSequence.lives)
    }
}
