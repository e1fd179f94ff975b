package import HubModel

/// People as a table: `username,role,site`. Roles are those that every hub has; without a site a role counts everywhere.
package enum PeopleCSV {
    /// Somebody of the table.
    package struct Row: Hashable, Sendable {
        /// Where it is in the file, 1 for the first line.
        package let line: Int
        /// The user name, in small letters.
        package let name: String
        /// The role.
        package let role: RoleAssignment
    }

    /// What a line comes to.
    package enum Line: Hashable, Sendable {
        case row(Row)
        case refused(line: Int, name: String?, reason: String)
    }

    /// The columns that there may be, in any order.
    package static let columns = ["username", "role", "site"]
    /// The most people of a table: each needs a password that is hashed, which takes a while.
    package static let mostPeople = 100
    /// The largest file, in bytes.
    package static let largestBytes = 65_536

    private static let roles: [RoleName] = [.admin, .operate, .staff, .viewer]

    /// The lines of a table; of a name that comes twice the second is refused.
    /// - Throws: `invalid_parameter` for what is no such table; `missing_field` for an empty one; `too_large`.
    package static func read(_ bytes: [UInt8]) throws(Refusal) -> [Line] {
        let table = try CSVTable(bytes, columns: columns)
        guard !table.rows.isEmpty else { throw Refusal(.missingField, "The file names nobody.") }
        guard table.rows.count <= mostPeople else {
            throw Refusal(.tooLarge, "The file has more than \(mostPeople) people: import it in parts.")
        }
        var seen: [String: Int] = [:]
        return table.rows.map { row in
            do throws(Refusal) {
                let person = try person(row)
                if let line = seen[person.name] {
                    throw row.refusal(.conflict, "line \(line) has the same user name, so leave one out")
                }
                seen[person.name] = person.line
                return .row(person)
            } catch {
                return .refused(line: row.line, name: row["username"], reason: error.detail)
            }
        }
    }

    private static func person(_ row: CSVTable.Row) throws(Refusal) -> Row {
        let name = CSVText.plain(try row.required("username")).lowercased()
        // The hub's own rule has the last word; so the preview says the same in time.
        let isName = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            default: "._@-".utf8.contains(byte)
            }
        }
        guard isName, (1...64).contains(name.utf8.count) else {
            throw row.refusal(.invalidIdentifier, "username is 1 to 64 letters, digits and the signs . _ @ -")
        }
        guard let role = RoleName(try row.required("role").lowercased()), roles.contains(role) else {
            let words = roles.map(\.text).joined(separator: ", ")
            throw row.refusal(.valueOutOfRange, "role is one of \(words)")
        }
        let site = try row["site"].map { (text) throws(Refusal) in
            guard let site = SiteID(text) else { throw row.refusal(.invalidParameter, "site is the name of a site") }
            return site
        }
        return Row(line: row.line, name: name, role: RoleAssignment(role, at: site))
    }
}
