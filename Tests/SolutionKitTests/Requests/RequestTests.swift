import HubModel
import SQL
import SolutionKit
import Testing

@Suite struct RequestTests {
    private static let requests = RequestTable("room_request", keptSeconds: 3_600)
    private struct Refused: Error {}

    private func second(_ second: Int64) -> Timestamp { Timestamp(seconds: 1_763_683_200 + second) }

    private func database() async throws -> Database {
        let database = try Database.open(DatabaseConfiguration(.memory))
        try await database.migrate(
            [Migrations(owner: "rooms", [Migration("0001-requests", Self.requests.creation)])], at: 0)
        return database
    }

    @Test("The same again gives the same answer without doing it again; other content is a conflict")
    func again() async throws {
        try await database().writeBlocking { transaction in
            var done = 0
            func ask(_ name: String, _ content: String, scope: String = "anna", at second: Int64 = 0) throws -> String {
                try Self.requests.once(name, in: scope, content: content, at: self.second(second), in: transaction) {
                    done += 1
                    return "answer \(done)"
                }.answer
            }
            let answers = try [
                ask("k1", "R1"), ask("k1", "R1", at: 3_599), ask("k2", "R1"), ask("k1", "R2", scope: "bo"),
            ]
            #expect(answers == ["answer 1", "answer 1", "answer 2", "answer 3"] && done == 3)
            let other = Result { try ask("k1", "R2") }
            #expect { try other.get() } throws: { ($0 as? Refusal)?.code == .conflict }
            // Forgotten after its time, the name stands for something new.
            let later = try [ask("k1", "R2", at: 3_600), ask("k1", "R2", at: 7_199)]
            #expect(later == ["answer 4", "answer 4"])
            for name in ["", String(repeating: "x", count: 65)] {
                let result = Result { try ask(name, "R1") }
                #expect { try result.get() } throws: { ($0 as? Refusal)?.code == .invalidIdentifier }
            }
        }
    }

    @Test("Where the table is asked to, the refusal of other content gives the answer of the first time")
    func answerOfConflict() async throws {
        try await database().writeBlocking { transaction in
            _ = try answer("R1", "booking_id", in: transaction)
            let told = refusal { try answer("R2", "booking_id", in: transaction) }
            let untold = refusal { try answer("R2", nil, in: transaction) }
            let detail = "There is another request of the name k."
            #expect(told == Refusal(.conflict, detail, members: [RefusalMember("booking_id", "b7")]))
            #expect(untold == Refusal(.conflict, detail))
            #expect(refusal { try answer("R1", "booking_id", in: transaction) } == nil)
        }
    }

    private func answer(_ content: String, _ member: String?, in transaction: Transaction) throws {
        _ = try Self.requests.once(
            "k", in: "anna", content: content, answerMember: member, at: second(0), in: transaction
        ) { "b7" }
    }

    private func refusal(_ work: () throws -> Void) -> Refusal? {
        do {
            try work()
            return nil
        } catch { return error as? Refusal }
    }

    @Test("Work that fails leaves no answer, and what has expired is thrown away")
    func failures() async throws {
        try await database().writeBlocking { transaction in
            let failed = Result {
                try transaction.savepoint {
                    try Self.requests.once("k", in: "a", content: "1", at: second(0), in: transaction) {
                        throw Refused()
                    }
                }
            }
            #expect(throws: Refused.self) { try failed.get() }
            let again = try Self.requests.once("k", in: "a", content: "2", at: second(1), in: transaction) { "2" }
            #expect(again.answer == "2" && !again.isAgain)
            let soon = try Self.requests.removeExpired(at: second(3_600), in: transaction)
            let later = try Self.requests.removeExpired(at: second(3_601), in: transaction)
            #expect(soon == 0 && later == 1)
        }
    }

    @Test("What keeps its content itself asks the same question")
    func rule() throws {
        #expect(
            try RepeatedRequest.answer(nil as (content: Int, answer: String)?, asked: 1, kind: "x", name: "n") == nil)
        #expect(try RepeatedRequest.answer((content: 1, answer: "a"), asked: 1, kind: "x", name: "n") == "a")
        #expect(throws: Refusal(.conflict, "There is another x of the name n.")) {
            try RepeatedRequest.answer((content: 1, answer: "a"), asked: 2, kind: "x", name: "n")
        }
    }
}
