package import HubModel

/// What the words of a timetable mean: rooms, terms and people by their names.
package struct TimetableContext: Sendable {
    /// The rooms of the site.
    package let rooms: RoomNames
    /// The terms of the site.
    package let terms: [Term]
    /// The term of what names none; nil: each says its own.
    package let term: Term?
    /// The room of what names none; nil: each says its own.
    package let room: Classroom?
    /// People by their user names, in small letters: `Person.id`.
    package let holders: [String: String]
    /// The present.
    package let now: Timestamp
    /// Up to when a time may begin.
    package let horizon: Timestamp

    /// A context.
    package init(
        rooms: [Classroom], terms: [Term], term: Term? = nil, room: Classroom? = nil, holders: [String: String] = [:],
        now: Timestamp, horizon: Timestamp
    ) {
        self.rooms = RoomNames(rooms)
        self.terms = terms
        self.term = term
        self.room = room
        self.holders = holders
        self.now = now
        self.horizon = horizon
    }

    /// The room that a text names, or that of what names none.
    func room(_ text: String?) throws(Refusal) -> Classroom {
        guard let text, !text.isEmpty else {
            guard let room else { throw Refusal(.missingField, "It names no room: add one.") }
            return room
        }
        return try rooms.room(text)
    }
}

/// Rooms by what people call them: `r101`, `Lab 2`, `Main building, Lab 2`.
package struct RoomNames: Sendable {
    private var rooms: [String: Classroom] = [:]
    private var ambiguous: Set<String> = []

    /// Names of rooms.
    package init(_ all: [Classroom]) {
        // A name in addresses is no other's; what people say may be.
        for room in all where !room.building.isEmpty {
            for key in [
                "\(room.building) \(room.name)", "\(room.building), \(room.name)", "\(room.name), \(room.building)",
            ] {
                note(key, room)
            }
        }
        for room in all { note(room.name, room) }
        for room in all {
            let key = RoomNames.key(room.id.text)
            rooms[key] = room
            ambiguous.remove(key)
        }
    }

    private mutating func note(_ name: String, _ room: Classroom) {
        let key = RoomNames.key(name)
        if let other = rooms[key], other.id != room.id { ambiguous.insert(key) }
        rooms[key] = room
    }

    /// Small letters, and one blank for many.
    private static func key(_ text: String) -> String {
        text.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// The room of a name.
    /// - Throws: `not_found`, `conflict` when several are called so.
    package func room(_ text: String) throws(Refusal) -> Classroom {
        let key = RoomNames.key(text)
        guard let room = rooms[key] else {
            throw Refusal(.notFound, "No room of the site is called \(text): add it, or write its classroom_id.")
        }
        guard !ambiguous.contains(key) else {
            throw Refusal(.conflict, "Several rooms are called \(text): write building and name, or the classroom_id.")
        }
        return room
    }
}
