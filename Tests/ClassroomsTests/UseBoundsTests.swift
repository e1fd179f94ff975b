import Classrooms
import HubModel
import HubTesting
import SQL
import SolutionKit
import Testing

/// What sums of use may cost, filled to the bound.
@Suite struct UseBoundsTests {
    /// Changes of room r1 from an instant on, half a second apart.
    private func fill(_ school: School, from begin: Timestamp, count: Int64) async throws {
        try await school.house.database.write { transaction in
            try transaction.execute(
                """
                WITH RECURSIVE step(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM step WHERE n + 1 < $2)
                INSERT INTO classroom_change (classroom, site, at, state, source)
                SELECT 'r1', 'main', $1 + n * 1000000 / 2, CASE WHEN n % 2 = 0 THEN 'occupied' ELSE 'free' END, 'sensor' FROM step
                """, [.integer(begin.microseconds), .integer(count)])
        }
    }

    @Test("an answer of utilisation counts only so many changes")
    func rows() async throws {
        var settings = SettingValues()
        let most = try #require(
            ClassroomsSolution().manifest.settings.first { $0.name == "MARTLET_CLASSROOMS_UTILISATION_ROWS" })
        #expect(settings[most] == 3_000_000)
        try settings.set(most, to: "10000")
        let school = try await School(settings: settings)
        try await fill(school, from: School.start, count: 10_001)
        try school.house.pass(seconds: 9_000)
        let path = "/api/admin/utilisation"
        #expect(try await school.house.refusal(.get, path, as: school.admin) == .tooManySteps)
        #expect(try await school.house.refusal(.get, path, query: [("classroom_id", "r2")], as: school.admin) == nil)
        try await school.house.database.write { transaction in
            try transaction.execute("DELETE FROM classroom_change WHERE at = $1", [.integer(School.start.microseconds)])
        }
        let answer = try await school.house.json(.get, path, as: school.admin)
        #expect(answer["total"]?["hours"]?.number.map { $0 > 2 } == true)
    }

    @Test("a replay reads only so many reports")
    func reports() async throws {
        let school = try await School()
        try school.house.pass(seconds: 2_000)
        func table(_ count: Int, isTruncated: Bool) -> ReadingTable {
            var rows: [(time: Timestamp, values: [ReadingValue?])] = []
            for number in 0..<count {
                let at = School.start.advanced(byMicroseconds: Int64(number) * 1_000)
                rows.append((time: at, values: [.boolean(false), .boolean(false), nil]))
            }
            return ReadingTable(
                fields: ["occupied", "power", "idle_seconds"], rows: rows, isTruncated: isTruncated)
        }
        func code() async throws -> RefusalCode? {
            try await school.house.refusal(
                .post, "/api/admin/power-what-if", body: #"{"classrooms":["r1","r2"],"policy":{}}"#, as: school.admin)
        }
        school.house.history.table = table(500_000, isTruncated: false)
        #expect(try await code() == nil)
        school.house.history.table = table(500_001, isTruncated: false)
        #expect(try await code() == .tooManySteps)
        school.house.history.table = table(10, isTruncated: true)
        #expect(try await code() == .tooManySteps)
    }
}
