extension ClassroomTables {
    /// Terms, and what timetables have brought.
    static let imports = [
        """
        CREATE TABLE classroom_term (
            id TEXT NOT NULL PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 64),
            site TEXT NOT NULL,
            name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
            first_day TEXT NOT NULL CHECK (length(first_day) = 10),
            last_day TEXT NOT NULL CHECK (length(last_day) = 10),
            days_off TEXT NOT NULL,
            UNIQUE (site, name))
        """,
        """
        CREATE TABLE classroom_timetable (
            site TEXT NOT NULL,
            name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
            changed_at BIGINT NOT NULL,
            changed_by TEXT,
            PRIMARY KEY (site, name))
        """,
        """
        CREATE TABLE classroom_timetable_entry (
            site TEXT NOT NULL,
            timetable TEXT NOT NULL,
            uid TEXT NOT NULL,
            booking TEXT NOT NULL REFERENCES classroom_booking (id) ON DELETE CASCADE,
            fingerprint TEXT NOT NULL,
            PRIMARY KEY (site, timetable, uid),
            FOREIGN KEY (site, timetable) REFERENCES classroom_timetable (site, name) ON DELETE CASCADE)
        """,
        "CREATE INDEX classroom_timetable_entry_of ON classroom_timetable_entry (booking)",
    ]
}
